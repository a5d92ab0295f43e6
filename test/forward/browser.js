// A person who opens an application behind the proxy, in both languages, at two widths, with and without JavaScript.
// Prints TAP. STAGE: where everything is, as JSON.
'use strict';
const assert = require('node:assert');
const path = require('node:path');
const browserTests = path.join(__dirname, '../browser');
const { chromium } = require(path.join(browserTests, 'node_modules/playwright-core'));
const { flags: portal, Visit } = require(path.join(browserTests, 'portal'));

const stage = JSON.parse(process.env.STAGE);
const flags = [...portal, '--ignore-certificate-errors', '--host-resolver-rules=MAP *.example.org 127.0.0.1'];
const ways = [];
for (const language of ['en', 'ja'])
	for (const width of [320, 1200])
		for (const script of [true, false])
			ways.push({ language, width, script, dark: language === 'ja' && width === 320 });

async function signIn(visit, wanted) {
	const page = visit.page;
	assert.equal(visit.path(), '/signin');
	await visit.look('/signin of an application');
	await page.fill('#name', stage.name);
	await page.fill('#password', stage.password);
	await page.locator('form[action="/signin"] button.main').click();
	await onward(visit, wanted);
}

// With JavaScript the form goes by itself.
async function onward(visit, wanted) {
	const page = visit.page;
	if (!visit.script) {
		await page.waitForURL(/\/auth\/start/);
		await visit.look('/auth/start');
		await page.locator('form button.main').click();
	}
	await page.waitForURL(wanted);
}

async function told(page) {
	return JSON.parse(await page.locator('#told').innerText());
}

async function comesBackToThePageFirstAskedFor(visit) {
	const page = visit.page, wanted = `${stage.wiki}/a/b?c=1&d=%26`;
	await page.goto(wanted);
	await signIn(visit, wanted);
	const got = await told(page);
	assert.equal(got.path, '/a/b?c=1&d=%26');
	assert.equal(got.remote['remote-user'], stage.name);
	const cookies = await visit.context.cookies(stage.wiki);
	assert.deepEqual(cookies.map(c => [c.name, c.domain, c.httpOnly, c.secure, c.sameSite]),
		[['__Host-rekey_site', 'wiki.example.org', true, true, 'Lax']]);
}

// The page with the ticket is not what "back" leads to: it would send the person here again.
async function goesBackPastTheTicket(visit) {
	if (!visit.script)
		return;
	await visit.page.goBack();
	await visit.page.waitForLoadState();
	assert.notEqual(visit.path(), '/auth/start');
}

async function entersAnotherWithoutAPassword(visit) {
	const page = visit.page;
	await page.goto(`${stage.mail}/inbox?n=1`);
	await onward(visit, `${stage.mail}/inbox?n=1`);
	assert.deepEqual((await told(page)).remote, { 'remote-user': stage.name });
}

async function isTold(visit) {
	for (const [label, to, status] of [['unknown', 'https://evil.example/', 404], ['closed', stage.closed, 403], ['strict', stage.strict, 403]]) {
		const got = await visit.page.goto(`${stage.rekey}/auth/start?to=${encodeURIComponent(to)}`);
		assert.equal(got.status(), status, label);
		await visit.look(`/auth/start ${label}`);
	}
}

async function leaves(visit) {
	const page = visit.page;
	await page.goto(`${stage.wiki}/`);
	await page.goto(`${stage.wiki}/.rekey/leave`);
	assert.equal(visit.path(), '/signed-out/application');
	await visit.look('/signed-out/application');
	await page.goto(`${stage.wiki}/again`);
	await onward(visit, `${stage.wiki}/again`);
}

async function isAskedAgainAfterSigningOutEverywhere(visit) {
	const page = visit.page, wanted = `${stage.wiki}/after`;
	await page.goto(`${stage.rekey}/security-info`);
	await visit.send('/signout/everywhere', {}, 'button');
	await page.goto(wanted);
	await signIn(visit, wanted);
	assert.equal((await told(page)).path, '/after');
}

let count = 0, failed = 0;

async function check(name, visit, body) {
	let why = '';
	try {
		await body(visit);
	} catch (caught) {
		why = `${caught.stack}\nat ${visit.page.url()}\n${(await visit.page.locator('body').innerText().catch(() => '')).slice(0, 1200)}`;
	}
	why += visit.complaints.splice(0).map(line => `\n${line}`).join('');
	count++;
	failed += why ? 1 : 0;
	console.log(`${why ? 'not ok' : 'ok'} ${count} - browser ${visit.name}: ${name}`);
	for (const line of why.split('\n').filter(Boolean))
		console.log(`# ${line}`);
}

async function main() {
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
	for (const way of ways) {
		const visit = new Visit(browser, way);
		visit.name += '-forward';
		await visit.open();
		await check('comes back to the page first asked for', visit, comesBackToThePageFirstAskedFor);
		await check('goes back past the ticket', visit, goesBackPastTheTicket);
		await check('enters another application without a password', visit, entersAnotherWithoutAPassword);
		await check('is told why not', visit, isTold);
		await check('leaves one application', visit, leaves);
		await check('is asked again after signing out everywhere', visit, isAskedAgainAfterSigningOutEverywhere);
		await visit.close();
	}
	await browser.close();
	console.log(`1..${count}`);
	process.exitCode = failed ? 1 : 0;
}

main();
