// The journeys of the portal, in both languages, at two widths, with and without JavaScript. Prints TAP.
'use strict';
const assert = require('node:assert');
const http = require('node:http');
const { administration } = require('./admin');
const { passkeys } = require('./passkeys');
const { address, keys, launch, Person, rekey, turnClock, Visit } = require('./portal');

const first = 'nine quiet lanterns on a hill';
const second = 'a long walk to the sea';
const third = 'seven herons over the marsh';
const ways = [];
for (const language of ['en', 'ja'])
	for (const width of [360, 1200])
		for (const script of [true, false])
			ways.push({ language, width, script, dark: language === 'ja' && width === 360 });

// From the invitation to three registered ways.
async function register(visit, person) {
	await visit.go('/signin');
	await visit.follow('/signin/pass');
	await visit.send('/signin/pass', { name: person.name, pass: 'AAAA-AAAA-AAAA-AAAA' });
	assert.equal(await visit.page.locator('#problem a[href="#name"]').count(), 1, 'the summary leads to a field');
	await visit.send('/signin/pass', { name: person.name, pass: person.pass });
	await visit.send('/signin/choose', { password: 'short' });
	assert.equal(await visit.page.locator('#problem').count(), 1, 'a refusal has a summary');
	await visit.send('/signin/choose', { password: first });
	assert.equal(visit.path(), '/security-info');
	await visit.go('/security-info/add');
	await visit.follow('/security-info/add?kind=mail');
	await visit.send('/security-info/add', { address: person.mail });
	await visit.send('/security-info/confirm', { code: await person.mailed(visit.context) });
	await visit.go('/security-info/add');
	await visit.send('/security-info/add', {}, 'button[value=totp]');
	person.seed = new URL(await visit.page.locator('a[href^="otpauth:"]').getAttribute('href')).searchParams.get('secret');
	await visit.send('/security-info/confirm', { code: person.code(), label: 'phone' });
	await visit.go('/security-info/add');
	await visit.send('/security-info/add', {}, 'button[value=recovery_code]');
	person.paper = (await visit.page.locator('ol.codes code').allInnerTexts())[0];
	await visit.page.locator('#saved').check();
	await visit.send('/security-info');
	assert.equal(visit.path(), '/security-info');
	await visit.send('/signout', {}, 'button');
}

async function signIn(visit, person, password) {
	await visit.go('/signin');
	await visit.send('/signin', { name: person.name, password: 'not the right one' });
	assert.equal(await visit.page.locator('#problem a[href="#name"]').count(), 1, 'the summary leads to a field');
	await visit.send('/signin', { name: person.name, password });
	await visit.send('/signin/answer', { code: person.code() });
	assert.equal(visit.path(), '/security-info');
}

async function recover(visit, person) {
	await visit.go('/recover');
	await visit.send('/recover', { name: person.name });
	assert.equal(visit.path(), '/recover/check_messages');
	const code = await person.mailed(visit.context);
	await visit.send('/recover/answer', { code: '00000000' });
	assert.equal(await visit.page.locator('#problem').count(), 1);
	await visit.send('/recover/answer', { code });
	assert.equal(visit.path(), '/recover/next_proof');
	await visit.follow('/recover/ways');
	await visit.send('/recover/method', {}, 'button[value=totp]');
	await visit.send('/recover/answer', { code: person.code() });
	assert.equal(visit.path(), '/recover/choose');
	await visit.send('/recover/choose', { password: 'passwordpassword' });
	assert.equal(await visit.page.locator('#problem').count(), 1);
	await visit.send('/recover/choose', { password: second });
	assert.equal(visit.path(), '/recover/password_done');
}

// The phone is gone: sign-in asks for another way, and another app takes the place of the one that is lost.
async function losesThePhone(visit, person) {
	const lost = async form => {
		await visit.page.locator(`details:has(form[action="${form}"]) summary`).click();
		await visit.look('no longer have this');
		await visit.send(form, {}, 'button');
	};
	await visit.send('/signout', {}, 'button');
	await visit.go('/recover');
	await visit.send('/recover', { name: person.name });
	for (let ways = 0; ways < 4; ways++)
		await lost('/recover/lost');
	assert.equal(await visit.page.locator('.notice[role=status]').count(), 1, 'none is left, and whom to call');
	await visit.follow('/recover/ways');
	await visit.send('/recover/leave', {}, 'button');
	await visit.go('/signin');
	await visit.send('/signin', { name: person.name, password: second });
	await lost('/signin/lost');
	await visit.send('/signin/answer', { code: person.paper });
	assert.equal(await visit.page.locator('.notice[role=status]').count(), 1, 'where it is replaced');
	await visit.follow('/security-info');
	assert.equal(visit.path(), '/security-info');
	const row = visit.page.locator('li.method').filter({ has: visit.page.locator('.icon-totp') });
	await visit.follow(await row.locator('a[href*=replace]').getAttribute('href'));
	await visit.send('/security-info/replace');
	assert.equal(visit.path(), '/security-info/pending');
	const old = person.seed;
	person.seed = new URL(await visit.page.locator('a[href^="otpauth:"]').getAttribute('href')).searchParams.get('secret');
	assert.notEqual(person.seed, old);
	await visit.send('/security-info/confirm', { code: person.code(), label: 'new phone' });
	assert.equal(visit.path(), '/security-info');
	assert.equal(await row.count(), 1);
	assert.ok((await row.innerText()).includes('new phone'));
	// What was just proved is the new app: it does not prove that it is lost.
	await visit.follow(await row.locator('a[href*=replace]').getAttribute('href'));
	await visit.send('/security-info/replace');
	assert.equal(await visit.page.locator('#problem').count(), 1);
	await visit.send('/security-info/prove', {}, 'button.quiet');
	assert.equal(visit.path(), '/security-info/prove');
	await visit.go('/security-info');
}

async function change(visit) {
	await visit.follow('/change');
	const old = await visit.page.locator('#old').count() ? { old: second } : {};
	await visit.send('/change', { ...old, password: third });
	assert.equal(visit.path(), '/security-info');
	await visit.send('/signout/everywhere', {}, 'button');
	await visit.go('/help');
}

// A group of its own, so that its rules hold for nobody else.
function required(person, rules) {
	rekey('group', 'add', person.name);
	rekey('group', 'join', person.name, '--person', person.name);
	for (const [rule, value] of Object.entries(rules))
		rekey('policy', 'set', rule, value, '--group', person.name);
	return person;
}

async function byPass(visit, person) {
	await visit.go('/signin/pass');
	await visit.send('/signin/pass', { name: person.name, pass: person.pass });
	await visit.send('/signin/choose', { password: first });
}

async function byPassword(visit, person) {
	await visit.go('/signin');
	await visit.send('/signin', { name: person.name, password: first });
}

async function addApp(visit, person) {
	await visit.follow('/register/add'); // a passkey is asked for first
	await visit.send('/register/add', {}, 'button[value=totp]');
	person.seed = new URL(await visit.page.locator('a[href^="otpauth:"]').getAttribute('href')).searchParams.get('secret');
	await visit.send('/register/confirm', { code: '000000' });
	assert.equal(await visit.page.locator('#problem').count(), 1, 'a refusal has a summary');
	await visit.send('/register/confirm', { code: person.code(), label: 'phone' });
}

// Asked to register at sign-in: put off, a code to a known address, one step after the other, the spare codes.
async function wizard(visit, person) {
	required(person, { registrationRequiredOnSignIn: 'on' });
	await byPass(visit, person);
	assert.equal(visit.path(), '/register');
	await visit.send('/register/later', {}, 'button');
	assert.equal(visit.path(), '/security-info');
	await visit.send('/signout', {}, 'button');
	await byPassword(visit, person);
	assert.equal(visit.path(), '/register');
	await visit.go('/security-info/vouch');
	await visit.go('/security-info/add/late');
	await visit.go('/register');
	await visit.send('/register/send');
	await visit.send('/register/vouch', { code: '00000000' });
	assert.equal(await visit.page.locator('#problem').count(), 1, 'a refusal has a summary');
	await visit.send('/register/vouch', { code: await person.mailed(visit.context) });
	await visit.send('/register/start');
	await addApp(visit, person);
	assert.equal(visit.path(), '/register');
	await visit.follow('/register/add');
	await visit.follow('/register/add?kind=mail');
	await visit.send('/register/add', { address: person.mail });
	await visit.send('/register/confirm', { code: await person.mailed(visit.context) });
	assert.equal(visit.path(), '/register');
	await visit.send('/register/add', {}, 'button[value=recovery_code]');
	await visit.page.locator('#saved').check();
	await visit.send('/register');
	assert.equal(visit.path(), '/security-info');
	await visit.send('/security-info/default', {}, 'button[value=recovery_code]');
	rekey('policy', 'set', 'combinedRegistration', 'none');
	await visit.go('/mfasetup');
	await visit.go('/ssprsetup');
	rekey('policy', 'set', 'combinedRegistration', 'all');
	rekey('people', 'require-registration', person.name);
	await visit.send('/signout', {}, 'button');
	await byPassword(visit, person);
	await visit.send('/signin/method', {}, 'button[value=totp]');
	await visit.send('/signin/answer', { code: person.code() });
	assert.equal(visit.path(), '/register');
	await visit.send('/register/looks-good');
	await visit.send('/signout', {}, 'button');
}

// A better way is asked for; and what a password alone sets up has to wait.
async function nudgedAndWaiting(visit, person, other) {
	required(person, { registrationCampaignState: 'on' });
	await byPass(visit, person);
	await visit.go('/security-info/add?kind=mail');
	await visit.send('/security-info/add', { address: person.mail });
	await visit.send('/security-info/confirm', { code: await person.mailed(visit.context) });
	await visit.send('/signout', {}, 'button');
	await byPassword(visit, person);
	assert.equal(visit.path(), '/register');
	await visit.send('/register/later', {}, 'button');
	await visit.send('/signout', {}, 'button');
	required(other, { multifactorAuthenticationRequired: 'on' });
	await byPass(visit, other);
	await visit.send('/signout', {}, 'button');
	await byPassword(visit, other);
	await visit.send('/register/start');
	await addApp(visit, other);
	assert.equal(visit.path(), '/register');
	await visit.go('/security-info');
	await visit.send('/signout', {}, 'button');
}

async function wizardByKeyboard(visit, person) {
	const page = visit.page, { reach, enter } = keys(page);
	required(person, { registrationRequiredOnSignIn: 'on' });
	await byPass(visit, person);
	await reach('form[action="/register/start"] button');
	await enter();
	await reach('a[href="/register/add"]');
	await enter();
	await reach('a[href="/register/add?kind=mail"]');
	await enter();
	await reach('#address');
	await page.keyboard.type(person.mail);
	await enter();
	await reach('#code');
	await page.keyboard.type(await person.mailed(visit.context));
	await enter();
	assert.equal(visit.path(), '/register');
	await reach('form[action="/register/later"] button');
	await enter();
	assert.equal(visit.path(), '/security-info');
	await visit.send('/signout', {}, 'button');
}

async function keyboard(visit, person) {
	const page = visit.page, { reach, enter } = keys(page);
	turnClock(16 * 60); // three codes in 15 minutes, and no more
	await page.goto(`${address}/recover`);
	await reach('#name');
	await page.keyboard.type(person.name);
	await enter();
	await reach('#code');
	await page.keyboard.type('1');
	await enter();
	assert.ok(await page.evaluate(() => document.activeElement?.id === 'problem'), 'the summary has the focus');
	await reach('#problem a');
	await page.keyboard.press('Enter');
	assert.ok(await page.evaluate(() => document.activeElement?.id === 'code'), 'the summary leads to the field');
	await page.keyboard.type(await person.mailed(visit.context));
	await enter();
	await reach('#code');
	await page.keyboard.type(person.code());
	await enter();
	await reach('#password');
	await page.keyboard.type(first);
	await enter();
	assert.equal(visit.path(), '/recover/password_done');
	await reach('a.main');
	await enter();
	assert.equal(visit.path(), '/signin');
	for (const shown of await page.locator('a, button, input:not([type=hidden])').all())
		if (await shown.isVisible()) {
			await shown.focus();
			const ring = await shown.evaluate(e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; });
			assert.ok(ring, `no focus ring: ${await shown.evaluate(e => e.outerHTML.slice(0, 80))}`);
		}
}

// What JavaScript adds: Show, and rules that are ticked while one types.
async function helped(visit) {
	const page = visit.page;
	await page.goto(`${address}/signin`);
	await page.fill('#password', 'secret words');
	const show = page.locator('.with-show button').first();
	const [reveal, conceal] = visit.language === 'ja' ? ['パスワードを表示', 'パスワードを隠す'] : ['Show password', 'Hide password'];
	assert.equal(await page.getByRole('button', { name: reveal }).count(), 1, 'the button says what it shows');
	await show.click();
	assert.equal(await page.getAttribute('#password', 'type'), 'text');
	assert.equal(await page.getByRole('button', { name: conceal }).count(), 1, 'and what it hides');
	await show.click();
	assert.equal(await page.getAttribute('#password', 'type'), 'password');
	await page.emulateMedia({ forcedColors: 'active' });
	await visit.shot('/signin-forced-colours');
	await page.emulateMedia({ forcedColors: 'none' });
}

// An application at another site: a real browser leaves the session's cookie behind on the way here, and goes
// nowhere from a form where the page's policy does not let it.
async function application(visit, person) {
	const page = visit.page, at = `http://127.0.0.1:${site.address().port}`;
	const words = ['application', 'add', `App ${visit.name}`, '--client', 'public', '--redirect-uris', `${at}/back`,
		'--post-logout-uris', `${at}/bye`];
	const id = rekey(...words).match(/\b[0-9a-f]{32}\b/)[0];
	const ask = new URLSearchParams({ client_id: id, redirect_uri: `${at}/back`, response_type: 'code', scope: 'openid profile',
		state: 'the state', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
		login_hint: person.name });
	const out = new URLSearchParams({ client_id: id, post_logout_redirect_uri: `${at}/bye` });
	const links = { in: `${address}/oidc/authorize?${ask}`, out: `${address}/oidc/logout?${out}`,
		login: `${address}/oidc/authorize?${ask}&prompt=login`, bad: `${address}/oidc/authorize?client_id=${id}` };
	const open = async name => {
		await page.goto(`${at}/?to=${encodeURIComponent(links[name])}`);
		await page.click('a');
	};
	const back = () => page.waitForURL(url => url.href.startsWith(`${at}/back?state=the%20state&iss=`) &&
		url.searchParams.get('code')?.length === 43);

	await open('in');
	await page.waitForURL('**/signin?**');
	assert.equal(await page.inputValue('#name'), person.name, 'the application said who it is');
	await visit.look('/signin-for-application');
	await visit.send('/signin', { password: third });
	await page.fill('#code', person.code());
	await page.click('form[action="/signin/answer"] button.main');
	await back();
	await open('in');
	await back();
	await open('login');
	await page.waitForURL('**/security-info/prove?**');
	await page.waitForTimeout(1100);
	await page.fill('#code', person.code());
	await page.click('form[action="/security-info/prove"] button.main');
	await back();
	await open('bad');
	await page.waitForURL('**/oidc/authorize?**');
	await visit.look('/application-address');
	await visit.go('/oidc/return');
	await open('out');
	await page.waitForURL('**/oidc/leave');
	await visit.look('/leave');
	await page.click('form[action="/oidc/leave"] button.main');
	await page.waitForURL(`${at}/bye`);
	await page.goto(`${address}/security-info`);
	assert.equal(visit.path(), '/signin', 'signed out');
}

// A page of the application's: one link, to where it is told.
const site = http.createServer((request, response) => {
	const to = new URL(request.url, 'http://x').searchParams.get('to') || '';
	response.setHeader('Content-Type', 'text/html; charset=utf-8');
	response.end(`<!DOCTYPE html><title>App</title><a href="${to.replaceAll('&', '&amp;')}">go</a>`);
});

let count = 0, failed = 0;

async function check(name, visit, body) {
	let why = '';
	try {
		await body();
	} catch (caught) {
		why = caught.stack || String(caught);
		const text = await visit.page.locator('body').innerText().catch(() => '');
		why += `\nat ${visit.page.url()}\n${text.slice(0, 1200)}`;
	}
	why += visit.complaints.splice(0).map(line => `\n${line}`).join('');
	count++;
	failed += why ? 1 : 0;
	console.log(`${why ? 'not ok' : 'ok'} ${count} - ${visit.name}: ${name}`);
	for (const line of why.split('\n').filter(Boolean))
		console.log(`# ${line}`);
	return !why;
}

async function main() {
	const only = process.argv.slice(2), browser = await launch();
	await new Promise(done => site.listen(0, '127.0.0.1', done));
	for (const way of ways) {
		const visit = new Visit(browser, way);
		if (only.length && !only.includes(visit.name))
			continue;
		await visit.open();
		const person = new Person(`p${visit.name.replace(/[^a-z0-9]/g, '')}`);
		await check('registers after an invitation', visit, () => register(visit, person));
		await check('forgets the password and recovers', visit, () => recover(visit, person));
		await check('signs in', visit, () => signIn(visit, person, second));
		await check('loses the phone, and replaces the app', visit, () => losesThePhone(visit, person));
		await check('changes the password and signs out everywhere', visit, () => change(visit));
		await check('opens an application and comes back', visit, () => application(visit, person));
		if (way.script && way.language === 'en')
			await check('uses the keyboard alone', visit, () => keyboard(visit, person));
		const owing = new Person(`${person.name}owing`, 'contact');
		await check('is asked to register at sign-in', visit, () => wizard(visit, owing));
		await check('is asked for a better way, and waits', visit, () => nudgedAndWaiting(visit,
			new Person(`${person.name}mail`), new Person(`${person.name}waits`)));
		if (way.script && way.language === 'en')
			await check('registers with the keyboard alone', visit, () => wizardByKeyboard(visit,
				new Person(`${person.name}keys`)));
		if (way.script)
			await check('is helped by JavaScript', visit, () => helped(visit));
		await visit.close();
	}
	if (!only.length || only.includes('passkeys'))
		await passkeys(browser, check);
	if (!only.length || only.includes('admin'))
		await administration(browser, check);
	await browser.close();
	site.close();
	console.log(`1..${count}`);
	process.exitCode = failed ? 1 : 0;
}

main();
