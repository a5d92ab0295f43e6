// The portal as the tests use it: people, their codes and mail, a browser with what every page must hold.
'use strict';
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { chromium } = require('playwright-core');

const root = path.resolve(__dirname, '../..');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const shots = path.join(root, 'build/screenshots');
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync'];
const { PORT, DATA, BUILD, SERVER_PID, ADDRESS } = process.env;
const address = ADDRESS || `http://localhost:${PORT}`;

let turned = 0;

function rekey(...words) {
	return execFileSync(path.join(root, BUILD, 'rekey'), [...words, '--data', DATA], { encoding: 'utf8' });
}

function turnClock(seconds) {
	execFileSync(path.join(__dirname, 'turn'), [SERVER_PID, String(seconds)]);
	turned += seconds;
}

function base32(text) {
	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
	let bits = '';
	for (const letter of text)
		bits += alphabet.indexOf(letter).toString(2).padStart(5, '0');
	return Buffer.from((bits.match(/.{8}/g) || []).map(b => parseInt(b, 2)));
}

function totp(seed, step) {
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(step));
	const mac = crypto.createHmac('sha1', base32(seed)).update(counter).digest();
	const at = mac[19] & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

// Somebody who was invited. A code of the app is never given twice: the clock goes on instead.
class Person {
	constructor(name, contact) {
		this.name = name;
		this.mail = `${name}@home.example`;
		this.lastStep = 0;
		this.codes = new Set();
		rekey('people', 'add', name, '--mail', `${name}@example.net`, ...(contact ? ['--other-mail', this.mail] : []));
		this.pass = rekey('people', 'invite', name).match(/\b[0-9A-Z]{4}(-[0-9A-Z]{4}){2,}\b/)[0];
	}

	code() {
		const now = Math.floor(Date.now() / 1000) + turned;
		const step = Math.max(Math.floor(now / 30), this.lastStep + 1);
		if (step > Math.floor(now / 30))
			turnClock(step * 30 - now);
		this.lastStep = step;
		return totp(this.seed, step);
	}

	// The newest code that was mailed to this person, read in the inbox of the demonstration.
	async mailed(context) {
		for (let tries = 0; tries < 100; tries++) {
			const page = await context.newPage();
			await page.goto(`${address}/inbox`);
			const letters = (await page.locator('article.letter').allInnerTexts())
				.filter(text => text.includes(this.mail) && /(?<!\d)\d{8}(?!\d)/.test(text));
			await page.close();
			const code = letters.length && letters[0].match(/(?<!\d)\d{8}(?!\d)/)[0];
			if (code && !this.codes.has(code)) {
				this.codes.add(code);
				return code;
			}
			await new Promise(done => setTimeout(done, 100));
		}
		throw new Error(`no mail to ${this.mail}: ${rekey("outbox", "list")}`);
	}
}

// One way of using the portal: language, width, with or without JavaScript, light or dark.
class Visit {
	constructor(browser, way) {
		Object.assign(this, way);
		this.browser = browser;
		this.name = `${way.language}-${way.width}-${way.script ? 'js' : 'nojs'}`;
		this.complaints = [];
		this.count = 0;
	}

	async open() {
		this.context = await this.browser.newContext({
			locale: this.language === 'ja' ? 'ja-JP' : 'en-GB',
			viewport: { width: this.width, height: this.width < 600 ? 780 : 900 },
			deviceScaleFactor: this.width < 600 ? 2 : 1,
			hasTouch: this.width < 600, javaScriptEnabled: this.script,
			colorScheme: this.dark ? 'dark' : 'light', reducedMotion: 'reduce',
		});
		this.page = await this.context.newPage();
		this.page.on('console', message => {
			if (['error', 'warning'].includes(message.type()) && !/status of (4|5)\d\d/.test(message.text()))
				this.complaints.push(`${this.page.url()}: ${message.text()}`);
		});
		this.page.on('pageerror', why => this.complaints.push(`${this.page.url()}: ${why}`));
	}

	async close() {
		if (this.twinContext)
			await this.twinContext.close();
		await this.context.close();
	}

	async go(where) {
		await this.page.goto(address + where);
		await this.look(where);
	}

	// Fills in what is named and presses the button of the form that goes to action.
	async send(action, fields = {}, button = 'button.main') {
		const form = this.page.locator(`form[action="${action}"]`).filter({ has: this.page.locator(button) }).first();
		for (const [name, value] of Object.entries(fields)) {
			const field = form.locator(`[name="${name}"]`);
			if (await field.getAttribute('type') === 'checkbox')
				await field.check();
			else
				await field.fill(value);
		}
		const before = this.page.url();
		await Promise.all([
			this.page.waitForNavigation({ timeout: 30000 }),
			form.locator(button).first().click(),
		]);
		await this.look(action, before);
	}

	async follow(where) {
		await Promise.all([this.page.waitForNavigation(), this.page.locator(`a[href="${where}"]`).first().click()]);
		await this.look(where);
	}

	path() {
		return new URL(this.page.url()).pathname;
	}

	// What holds on every page: its language, one heading, nothing wider than the screen, axe.
	async look(label) {
		const page = this.page, where = `${this.name} ${label} -> ${this.path()}`;
		const seen = await page.evaluate(() => ({
			language: document.documentElement.lang,
			headings: document.querySelectorAll('h1').length,
			title: document.title, heading: document.querySelector('h1')?.innerText || '',
			wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
			small: [...document.querySelectorAll('button, a.main, a.second, input:not([type=hidden]):not([type=checkbox]):not(.sr)')]
				.filter(e => e.offsetParent && e.getBoundingClientRect().height < 24)
				.map(e => e.outerHTML.slice(0, 80)),
		}));
		const wrong = [];
		if (seen.language !== this.language)
			wrong.push(`the page says it is in ${seen.language}`);
		if (seen.headings !== 1)
			wrong.push(`${seen.headings} first headings`);
		if (!seen.title.includes(seen.heading.trim()))
			wrong.push(`the title "${seen.title}" lacks the heading "${seen.heading}"`);
		if (seen.wide > 0)
			wrong.push(`${seen.wide} px wider than the screen`);
		if (seen.small.length)
			wrong.push(`too small to touch: ${seen.small}`);
		if (this.language === 'ja' && !/[\u3040-\u30ff\u4e00-\u9fff]/.test(seen.heading))
			wrong.push(`the heading is not in Japanese: ${seen.heading}`);
		wrong.push(...await this.axe());
		this.complaints.push(...wrong.map(w => `${where}: ${w}`));
		await this.shot(label);
	}

	// A page whose scripts are off is looked at as it stands, by a page of the same width that has them.
	async seenByScript() {
		if (this.script)
			return this.page;
		if (!this.twin) {
			const { width, height } = this.page.viewportSize();
			this.twinContext = await this.browser.newContext({ viewport: { width, height },
				colorScheme: this.dark ? 'dark' : 'light', reducedMotion: 'reduce' });
			this.twin = await this.twinContext.newPage();
		}
		const at = `${address}/as-it-stands`;
		const body = (await this.page.content()).replace(/<script[^>]*><\/script>/g, '');
		await this.twin.unroute(at);
		await this.twin.route(at, route => route.fulfill({ body, contentType: 'text/html; charset=utf-8' }));
		await this.twin.goto(at);
		return this.twin;
	}

	async axe() {
		const page = await this.seenByScript();
		const found = await page.evaluate(`(() => { ${axe}; return window.axe.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }); })()`);
		return found.violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.html.slice(0, 120)).slice(0, 3).join(' | ')}`);
	}

	async shot(label) {
		this.count++;
		const name = (label + this.path()).replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '');
		await this.page.screenshot({ fullPage: true,
			path: path.join(shots, `${this.name}-${String(this.count).padStart(2, '0')}-${name}.png`) });
	}
}

// With the keyboard alone: Tab to each field and button, Enter to send.
function keys(page) {
	const reach = async wanted => {
		for (let presses = 0; presses < 90; presses++) {
			if (await page.evaluate(w => !!document.activeElement?.matches(w), wanted))
				return;
			await page.keyboard.press('Tab');
		}
		assert.fail(`the keyboard does not reach ${wanted} on ${page.url()}`);
	};
	const enter = async () => { await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]); };
	return { reach, enter };
}

function launch() {
	fs.mkdirSync(shots, { recursive: true });
	return chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
}

module.exports = { address, flags, keys, launch, Person, rekey, turnClock, Visit };
