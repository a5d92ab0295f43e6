// The administrator's page: looked at, a change signed for by a virtual authenticator that then holds, what weakens given
// as a command; by the keyboard; without JavaScript; and nothing of it for others.
'use strict';
const assert = require('node:assert');
const { addPasskey, byPassword, enrol, Key, signOut } = require('./passkeys');
const { address, keys, Person, rekey, turnClock, Visit } = require('./portal');

const page = '/admin/password-reset', one = `${page}/setting`;
const held = setting => rekey('policy', 'show').split('\n').find(line => line.startsWith(`${setting} `)).split(/\s+/)[1];
const command = visit => visit.page.locator('#command').inputValue();

async function comeIn(visit, person) {
	await byPassword(visit, person);
	await visit.send('/signin/passkey');
	assert.equal(visit.path(), '/security-info');
}

async function addCodes(visit, person) {
	await visit.go('/security-info/add');
	await visit.send('/security-info/add', {}, 'button[value=recovery_code]');
	person.paper = await visit.page.locator('ol.codes code').allInnerTexts();
	await visit.page.locator('#saved').check();
	await visit.send('/security-info');
}

const checks = {
	async 'is not there for who is no administrator'(visit, person) {
		await enrol(visit, person);
		await addPasskey(visit, 'My laptop');
		await addCodes(visit, person);
		await signOut(visit);
		await comeIn(visit, person);
		assert.equal(await visit.page.locator(`a[href="${page}"]`).count(), 0);
		assert.equal((await visit.page.goto(address + page)).status(), 404);
		const words = await visit.page.locator('main').innerText();
		assert.equal((await visit.page.goto(`${address}/admin/nothing`)).status(), 404);
		assert.equal(await visit.page.locator('main').innerText(), words);
		rekey('group', 'join', 'Admins', '--person', person.name);
	},

	async 'says what is set and what it means'(visit) {
		await visit.go('/security-info');
		await visit.follow(page);
		assert.equal(await visit.page.locator('.setting').count(), await visit.page.locator('.setting a').count());
		assert.ok(await visit.page.locator('.setting').count() >= 40, 'every setting');
		assert.ok((await visit.page.locator('.setting', { has: visit.page.locator(`a[href$="id=proofs_to_reset"]`) }).innerText()).includes('Sales: 2'),
			'what groups have');
		await visit.send('/language', {}, `button[value=${visit.language}]`);
		assert.equal(visit.path(), page, 'a change of language leads back');
	},

	async 'a change that makes it stronger is signed for, and holds'(visit) {
		rekey('policy', 'set', 'registrationReconfirmIntervalInDays', '180');
		await visit.go(page);
		await visit.follow(`${one}?id=reconfirm_days`);
		await visit.send(one, { value: '1000' });
		assert.equal(await visit.page.locator('#problem a[href="#value"]').count(), 1, 'a refusal leads to the field');
		assert.equal(await visit.page.locator('#value').inputValue(), '1000', 'what was typed stays');
		await visit.send(one, { value: '90' });
		assert.equal(await command(visit), 'rekey policy set registrationReconfirmIntervalInDays 90');
		assert.equal(held('registrationReconfirmIntervalInDays'), '180', 'looking changes nothing');
		await visit.send(`${page}/change`);
		assert.equal(visit.path(), page);
		assert.equal(await visit.page.locator('.notice.good').count(), 1);
		assert.equal(held('registrationReconfirmIntervalInDays'), '90');
		assert.match(rekey('audit', 'list', '--event', 'policy'), /registrationReconfirmIntervalInDays: 180 -> 90/);
		await visit.page.goto(`${address}/inbox`);
		assert.ok((await visit.page.locator('article.letter').allInnerTexts()).some(text => text.includes('registrationReconfirmIntervalInDays')),
			'the administrators hear of it');
	},

	async 'says who would lose the reset'(visit) {
		await visit.go(`${one}?id=codes_on`);
		await visit.send(one, {}, 'button[value=off]');
		assert.match(await visit.page.locator('main').innerText(), visit.language === 'ja' ? /人について調べました/ : /Looked at \d+ people/);
	},

	async 'what weakens is a command, ready to copy'(visit) {
		await visit.go(`${one}?id=notify_users`);
		await visit.send(one, {}, 'button[value=off]');
		assert.equal(await visit.page.locator(`form[action="${page}/change"]`).count(), 0);
		assert.equal(await command(visit), 'rekey policy set notifyUsersOnPasswordReset off');
		await visit.page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: address });
		await visit.page.locator('[data-copy]').click();
		await visit.page.locator('[data-copy-said]:not(:empty)').waitFor();
		assert.equal(await visit.page.evaluate(() => navigator.clipboard.readText()), await command(visit));
		await visit.go(`${one}?id=helpdesk`);
		await visit.send(one, { value: "https://help.example/?a='$(x)" });
		assert.equal(await visit.page.locator('#problem').count(), 1);
		await visit.send(one, { value: 'https://help.example/?a=$(x)&b' });
		assert.equal(await command(visit), "rekey policy set customHelpdeskEmailOrUrl 'https://help.example/?a=$(x)&b'");
		await visit.go(`${one}?id=mail_include`);
		await visit.send(one, { value: 'Nobody Knows' });
		assert.equal(await visit.page.locator('#problem').count(), 1);
	},

	async 'by the keyboard alone'(visit) {
		const { reach, enter } = keys(visit.page);
		await visit.page.goto(address + page);
		await reach(`a[href="${one}?id=campaign"]`);
		await enter();
		await reach('button[value=on]');
		await enter();
		await reach('#passkey');
		await Promise.all([visit.page.waitForNavigation(), visit.page.keyboard.press('Enter')]);
		assert.equal(visit.path(), page);
		assert.equal(held('registrationCampaignState'), 'on');
		rekey('policy', 'unset', 'registrationCampaignState');
	},

	async 'reports are pages of charts that lead back'(visit) {
		await visit.go('/security-info');
		await visit.follow('/admin/reports');
		for (const report of ['registration', 'methods', 'usage']) {
			await visit.follow(`/admin/reports/${report}`);
			assert.ok(await visit.page.locator('table').count() > 0, 'the numbers of each chart');
			if (report !== 'usage')
				assert.ok(await visit.page.locator('figure svg').count() > 0, 'a chart');
			assert.ok(await visit.page.evaluate(() => getComputedStyle(document.body).maxWidth !== 'none'), 'its style is let in');
			await visit.follow('/admin/reports');
		}
	},

	async 'a proof that is old is asked for anew, and leads back'(visit, person, key) {
		await signOut(visit);
		await comeIn(visit, person);
		turnClock(6 * 60);
		await visit.page.goto(`${address}${one}?id=campaign`);
		assert.equal(visit.path(), '/security-info/prove');
		await visit.send('/security-info/prove/passkey');
		assert.equal(visit.path(), one);
		assert.ok(key);
	},

	async 'without JavaScript it is read, and the command is there'(visit, person) {
		const plain = new Visit(visit.browser, { language: visit.language, width: visit.width, script: false, dark: visit.dark });
		plain.name += '-admin';
		await plain.open();
		await byPassword(plain, person);
		await plain.send('/signin/method', {}, 'button[value=recovery_code]');
		await plain.send('/signin/answer', { code: person.paper.pop() });
		await plain.go(page);
		await plain.follow(`${one}?id=campaign`);
		await plain.send(one, {}, 'button[value=on]');
		assert.ok(!await plain.page.locator('#passkey').isVisible());
		assert.ok(!await plain.page.locator('[data-copy]').isVisible());
		assert.equal(await command(plain), 'rekey policy set registrationCampaignState on');
		visit.complaints.push(...plain.complaints);
		await plain.close();
	},
};

// check(name, visit, body) says how one of them went.
async function administration(browser, check) {
	rekey('group', 'add', 'Admins');
	rekey('group', 'add', 'Sales');
	rekey('policy', 'set', 'numberOfAuthenticationMethodsRequired', '2', '--group', 'Sales');
	rekey('policy', 'set', 'administratorGroups', 'Admins');
	for (const way of [{ language: 'en', width: 1200, script: true, dark: false }, { language: 'ja', width: 360, script: true, dark: true }]) {
		const visit = new Visit(browser, way);
		visit.name += '-admin';
		await visit.open();
		await visit.context.addInitScript(() => {
			if (window.PublicKeyCredential)
				PublicKeyCredential.isConditionalMediationAvailable = async () => false;
		});
		visit.key = new Key(visit);
		await visit.key.plug();
		const person = new Person(`admin${way.language}`);
		for (const [name, body] of Object.entries(checks))
			await check(name, visit, () => body(visit, person, visit.key));
		await visit.close();
	}
	rekey('policy', 'set', 'administratorGroups', 'none');
	rekey('policy', 'unset', 'registrationReconfirmIntervalInDays');
	rekey('group', 'delete', 'Sales', '--confirm', 'yes');
}

module.exports = { administration };
