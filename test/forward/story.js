// What people do with two applications and one sign-in. The wiki is behind nginx, which asks rekey at each request; the
// ledger is behind Apache, whose mod_auth_openidc keeps a session of its own. Prints TAP. STAGE: where they are, as JSON.
'use strict';
const assert = require('node:assert');
const path = require('node:path');
const browserTests = path.join(__dirname, '../browser');
const { chromium } = require(path.join(browserTests, 'node_modules/playwright-core'));
const { flags: portal, Person, rekey, Visit } = require(path.join(browserTests, 'portal'));

const stage = JSON.parse(process.env.STAGE);
const flags = [...portal, '--ignore-certificate-errors', '--host-resolver-rules=MAP *.example.org 127.0.0.1'];

// Pages deep inside, with everything that an address may carry.
const board = `${stage.wiki}/projects/apollo?view=board&week=48&q=%E6%97%A5%E7%A8%8B`;
const books = `${stage.ledger}/wiki?month=2026-11&sort=-amount&who=%E7%94%B0%E4%B8%AD&x=%26`;

// ---- what the applications say ----

async function isOnTheBoard(visit, name) {
	assert.equal(visit.page.url(), board, 'the page first asked for');
	const told = JSON.parse(await visit.page.locator('#told').innerText());
	assert.equal(told.path, board.slice(stage.wiki.length), 'the application was asked for the same');
	assert.equal(told.remote['remote-user'], name, 'as who it is');
}

// Loads it once more: Apache says in a field whom it let in.
async function isInTheBooks(visit, name) {
	assert.equal(visit.page.url(), books, 'the page first asked for');
	const answer = await visit.page.reload();
	assert.equal(answer.status(), 200);
	assert.equal(answer.headers()['x-user'], name, 'as who it is');
}

async function isAskedToSignIn(visit, page) {
	await visit.page.goto(page);
	await visit.page.waitForURL(url => url.origin === stage.rekey && url.pathname === '/signin', { timeout: 10000 })
		.catch(() => assert.fail(`${page} leads to ${visit.page.url()}, not to rekey's sign-in`));
}

// ---- what a person does at rekey ----

// Without JavaScript a page says where it leads on, and the person presses.
async function goesOn(visit, wanted) {
	if (!visit.script && wanted.startsWith(stage.wiki)) {
		await visit.page.waitForURL(/\/auth\/start/);
		await visit.look('/auth/start');
		await visit.page.locator('form button.main').click();
	}
	await visit.page.waitForURL(wanted);
}

// The last press on a page of rekey's, after which the application's page comes.
async function pressesAndIsThere(visit, form, wanted) {
	await visit.page.locator(`form[action="${form}"] button`).first().click();
	await goesOn(visit, wanted);
}

async function comesWithAPass(visit, person) {
	await visit.follow('/signin/pass');
	await visit.send('/signin/pass', { name: person.name, pass: person.pass });
	await visit.send('/signin/choose', { password: stage.password });
	person.pass = null;
}

async function setsUpAnApp(visit, person) {
	await visit.follow('/register/add');
	await visit.send('/register/add', {}, 'button[value=totp]');
	person.seed = new URL(await visit.page.locator('a[href^="otpauth:"]').getAttribute('href')).searchParams.get('secret');
	await visit.send('/register/confirm', { code: person.code(), label: 'phone' });
}

async function printsCodes(visit) {
	await visit.follow('/register/add');
	await visit.send('/register/add', {}, 'button[value=recovery_code]');
	await visit.page.locator('#saved').check();
}

async function signsIn(visit, person) {
	await visit.send('/signin', { name: person.name, password: stage.password });
	assert.equal(visit.path(), '/signin/prove');
	await visit.page.fill('#code', person.code());
}

// From another device of theirs.
async function signsOutEverywhere(browser, visit, person) {
	const { language, width, script, dark } = visit;
	const other = new Visit(browser, { language, width: width === 360 ? 1200 : 360, script, dark });
	other.name = `${visit.name}-elsewhere`;
	await other.open();
	await other.go('/signin');
	await signsIn(other, person);
	await other.send('/signin/answer');
	assert.equal(other.path(), '/security-info', 'nothing more is asked');
	await other.send('/signout/everywhere', {}, 'button');
	assert.equal(other.path(), '/signed-out/everywhere');
	visit.complaints.push(...other.complaints);
	await other.close();
}

// The message to Apache is on its way by itself: nobody waits for it, and it takes a moment.
async function apacheWasTold(times) {
	const sent = () => rekey('outbox', 'list', '--state', 'sent').split('\n').filter(line => /\blogout\b/.test(line)).length;
	for (let tries = 0; tries < 150 && sent() < times; tries++)
		await new Promise(done => setTimeout(done, 100));
	assert.equal(sent(), times, rekey('outbox', 'list'));
}

let told = 0;

// Apache has a session of its own, and asks rekey nothing meanwhile: only the message can end it.
async function apacheAsksNobody(visit) {
	const asked = [];
	const note = request => asked.push(request.url());
	visit.page.on('request', note);
	await visit.page.goto(books);
	visit.page.off('request', note);
	assert.deepEqual(asked.filter(url => url.startsWith(stage.rekey)), []);
	assert.equal(visit.page.url(), books);
}

// ---- the stories ----

const newcomer = {
	async 'a newcomer opens a page of the wiki, and is asked who it is'(visit) {
		await isAskedToSignIn(visit, board);
		await visit.look('/signin of the wiki');
	},

	async 'signs in with the pass of the desk, and must register first'(visit, { person }) {
		await comesWithAPass(visit, person);
		assert.equal(visit.path(), '/register');
		assert.equal(await visit.page.locator('form[action="/register/later"]').count(), 0, 'there is no "not now"');
	},

	async 'gets nowhere before that, at either application'(visit, { browserContext }) {
		const tab = await browserContext.newPage();
		for (const page of [board, books]) {
			await tab.goto(page);
			await tab.waitForURL(`${stage.rekey}/register`);
		}
		await tab.close();
	},

	async 'registers, and is at the page first asked for'(visit, { person }) {
		await visit.page.goto(board); // this tab's, whatever the other one looked at
		await visit.page.waitForURL(`${stage.rekey}/register`);
		await visit.send('/register/start');
		await setsUpAnApp(visit, person);
		assert.equal(visit.path(), '/register');
		await printsCodes(visit);
		await pressesAndIsThere(visit, '/register', board);
		await isOnTheBoard(visit, person.name);
	},

	async 'opens a page of the ledger, and is asked nothing more'(visit, { person }) {
		const seen = [];
		const note = frame => seen.push(new URL(frame.url()).pathname);
		visit.page.on('framenavigated', note);
		await visit.page.goto(books);
		await goesOn(visit, books);
		visit.page.off('framenavigated', note);
		assert.ok(!seen.some(at => at.startsWith('/signin')), seen.join(' '));
		await isInTheBooks(visit, person.name);
		await apacheAsksNobody(visit);
	},

	async 'signs out everywhere, from another device'(visit, { browser, person }) {
		await signsOutEverywhere(browser, visit, person);
		await apacheWasTold(++told);
	},

	async 'is signed out of both'(visit) {
		await isAskedToSignIn(visit, books);
		await isAskedToSignIn(visit, board);
	},

	async 'signs in once more, and is where they wanted to be'(visit, { person }) {
		await isAskedToSignIn(visit, books);
		await signsIn(visit, person);
		await pressesAndIsThere(visit, '/signin/answer', books);
		await isInTheBooks(visit, person.name);
		await visit.page.goto(board);
		await goesOn(visit, board);
		await isOnTheBoard(visit, person.name);
	},

	async 'signs out as the ledger has it, and is out of the wiki too'(visit) {
		await visit.page.goto(`${stage.ledger}/back?logout=${encodeURIComponent(`${stage.ledger}/bye`)}`);
		await visit.page.waitForURL(`${stage.ledger}/bye`);
		await apacheWasTold(++told);
		await isAskedToSignIn(visit, board);
		await isAskedToSignIn(visit, books);
	},
};

// Somebody who has a password, comes to the ledger first, and has a fingerprint reader.
const withPasskey = {
	async 'a colleague opens a page of the ledger, signs in, and must register'(visit) {
		await isAskedToSignIn(visit, books);
		await visit.send('/signin', { name: 'ben', password: stage.password });
		assert.equal(visit.path(), '/register');
		assert.equal(await visit.page.locator('form[action="/register/later"]').count(), 0);
	},

	async 'creates a passkey, and is at the page first asked for'(visit) {
		await visit.send('/register/start');
		await visit.send('/register/add');
		await visit.send('/register/passkey', { label: 'My laptop' });
		assert.equal(visit.path(), '/register', 'if it were lost?');
		await pressesAndIsThere(visit, '/register/later', books);
		await isInTheBooks(visit, 'ben');
	},

	async 'opens the wiki too, then signs out everywhere and is out of both'(visit) {
		await visit.page.goto(board);
		await goesOn(visit, board);
		await isOnTheBoard(visit, 'ben');
		await visit.page.goto(`${stage.rekey}/security-info`);
		await visit.send('/signout/everywhere', {}, 'button');
		await apacheWasTold(++told);
		await isAskedToSignIn(visit, board);
		await isAskedToSignIn(visit, books);
	},

	async 'comes back with the passkey alone'(visit) {
		await visit.page.goto(books);
		await visit.page.locator('#passkey').waitFor();
		await visit.page.locator('#passkey').click();
		await goesOn(visit, books);
		await isInTheBooks(visit, 'ben');
	},
};

// ---- telling them ----

let count = 0, failed = 0;

async function tell(visit, story, more) {
	for (const [name, body] of Object.entries(story)) {
		let why = '';
		await body(visit, more).catch(async caught => {
			why = `${caught.stack}\nat ${visit.page.url()}\n`;
			why += (await visit.page.locator('body').innerText().catch(() => '')).slice(0, 1200);
		});
		why += visit.complaints.splice(0).map(line => `\n${line}`).join('');
		failed += why ? 1 : 0;
		console.log(`${why ? 'not ok' : 'ok'} ${++count} - story ${visit.name}: ${name}`);
		for (const line of why.split('\n').filter(Boolean))
			console.log(`# ${line}`);
		if (why)
			return;
	}
}

async function plugIn(visit) {
	const cdp = await visit.context.newCDPSession(visit.page);
	await visit.context.addInitScript(() => {
		if (window.PublicKeyCredential) // an authenticator that takes every offer of the name's field at once
			PublicKeyCredential.isConditionalMediationAvailable = async () => false;
	});
	await cdp.send('WebAuthn.enable', { enableUI: false });
	await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal',
		hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
}

async function main() {
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
	const ways = [{ language: 'en', width: 1200, script: true, dark: false }, { language: 'ja', width: 360, script: false, dark: true }];
	for (const way of ways) {
		const visit = new Visit(browser, way);
		visit.name += '-story';
		await visit.open();
		await tell(visit, newcomer, { browser, browserContext: visit.context, person: new Person(`new${way.language}`, 'contact') });
		await visit.close();
	}
	const visit = new Visit(browser, { language: 'en', width: 360, script: true, dark: false });
	visit.name += '-story-passkey';
	await visit.open();
	await plugIn(visit);
	await tell(visit, withPasskey, {});
	await visit.close();
	await browser.close();
	console.log(`1..${count}`);
	process.exitCode = failed ? 1 : 0;
}

main();
