// Every ceremony of a passkey, by Chromium's virtual authenticators (CDP, domain WebAuthn); what the page
// makes is verified by @simplewebauthn/server too, and what that makes options for is verified here.
'use strict';
const assert = require('node:assert');
const { generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse,
	verifyRegistrationResponse } = require('@simplewebauthn/server');
const { address, Person, rekey, turnClock, Visit } = require('./portal');

const password = 'nine quiet lanterns on a hill', next = 'a long walk to the sea';
const rpID = 'localhost';
const bytes = text => Uint8Array.from(Buffer.from(text, 'base64url'));

// A browser with a virtual authenticator, and the forms that its pages sent.
class Key {
	constructor(visit) {
		this.visit = visit;
		this.sent = [];
	}

	async plug(options = {}) {
		this.cdp ??= await this.visit.context.newCDPSession(this.visit.page);
		await this.cdp.send('WebAuthn.enable', { enableUI: false });
		const made = await this.cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2',
			transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
			automaticPresenceSimulation: true, ...options } });
		this.id = made.authenticatorId;
		if (!this.listening)
			this.visit.page.on('request', request => {
				if (request.method() === 'POST')
					this.sent.push(new URLSearchParams(request.postData()));
			});
		this.listening = true;
	}

	async unplug() {
		await this.cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.id });
	}

	verifies(isUserVerified) {
		return this.cdp.send('WebAuthn.setUserVerified', { authenticatorId: this.id, isUserVerified });
	}

	async credentials() {
		return (await this.cdp.send('WebAuthn.getCredentials', { authenticatorId: this.id })).credentials;
	}

	// The key as a copy would have it that was made when its counter stood there.
	async countFrom(signCount) {
		const [credential] = await this.credentials();
		await this.cdp.send('WebAuthn.removeCredential', { authenticatorId: this.id, credentialId: credential.credentialId });
		await this.cdp.send('WebAuthn.addCredential', { authenticatorId: this.id, credential: { ...credential, signCount } });
	}

	form() {
		return Object.fromEntries(this.sent.at(-1));
	}
}

async function enrol(visit, person) {
	await visit.go('/signin/pass');
	await visit.send('/signin/pass', { name: person.name, pass: person.pass });
	await visit.send('/signin/choose', { password });
}

async function addPasskey(visit, label) {
	await visit.go('/security-info/add');
	await visit.send('/security-info/add', {}, 'button[value=passkey]');
	await visit.send('/security-info/passkey', { label });
}

// Somebody who must register, for sign-in too; whose rules hold for nobody else.
function owing(name, contact) {
	const person = new Person(name, contact);
	rekey('group', 'add', name);
	rekey('group', 'join', name, '--person', name);
	for (const rule of ['registrationRequiredOnSignIn', 'multifactorAuthenticationRequired'])
		rekey('policy', 'set', rule, 'on', '--group', name);
	return person;
}

const signOut = visit => visit.send('/signout', {}, 'button');

async function byPassword(visit, person, word = password) {
	await visit.go('/signin');
	await visit.send('/signin', { name: person.name, password: word });
}

// The oracle's word on what the page sent at a registration; the key for what comes after.
async function vouchesRegistration(form) {
	const { verified, registrationInfo } = await verifyRegistrationResponse({
		response: { id: form.key_id, rawId: form.key_id, type: 'public-key', clientExtensionResults: {},
			response: { clientDataJSON: form.client_data, attestationObject: form.attestation } },
		expectedChallenge: form.challenge, expectedOrigin: address, expectedRPID: rpID, requireUserVerification: false,
	});
	assert.ok(verified);
	return registrationInfo.credential;
}

async function vouchesAssertion(form, credential, userVerified) {
	const { verified, authenticationInfo } = await verifyAuthenticationResponse({
		response: { id: form.key_id, rawId: form.key_id, type: 'public-key', clientExtensionResults: {},
			response: { clientDataJSON: form.client_data, authenticatorData: form.authenticator_data,
				signature: form.signature, userHandle: form.user_handle || undefined } },
		expectedChallenge: form.challenge, expectedOrigin: address, expectedRPID: rpID, credential,
		requireUserVerification: false,
	});
	assert.ok(verified);
	assert.equal(authenticationInfo.userVerified, userVerified);
	return { ...credential, counter: authenticationInfo.newCounter };
}

// A page that was changed asks for less than ours.
const askLess = visit => visit.page.evaluate(() => {
	const get = navigator.credentials.get.bind(navigator.credentials);
	navigator.credentials.get = o => get({ ...o, publicKey: { ...o.publicKey, userVerification: 'discouraged' } });
});

const options = visit => visit.page.locator('form[data-options]').evaluate(form => JSON.parse(form.dataset.options));

const checks = {
	async 'registers, lists, renames; the oracle verifies what the page made'(visit, person, key) {
		await enrol(visit, person);
		await visit.go('/security-info/add');
		await visit.send('/security-info/add', {}, 'button[value=passkey]');
		const asked = await options(visit);
		assert.equal(asked.authenticatorSelection.residentKey, 'preferred');
		assert.equal(asked.attestation, 'none');
		assert.deepEqual(asked.excludeCredentials, []);
		await visit.send('/security-info/passkey', { label: 'My laptop' });
		assert.equal(visit.path(), '/security-info');
		assert.ok((await visit.page.locator('.methods').innerText()).includes('My laptop'));
		person.credential = await vouchesRegistration(key.form());
		const [kept] = await key.credentials();
		assert.ok(kept.isResidentCredential);
		assert.equal(Buffer.from(kept.userHandle, 'base64').length, 32);
		person.handle = kept.userHandle;
		assert.match(rekey('people', 'show', person.name), /passkey/);
		await visit.follow(await visit.page.locator('.methods a[href*=rename]').first().getAttribute('href'));
		await visit.send('/security-info/rename', { label: 'Work laptop' });
		assert.ok((await visit.page.locator('.methods').innerText()).includes('Work laptop'));
	},

	async 'does not register the same authenticator twice'(visit) {
		await visit.go('/security-info/add');
		await visit.send('/security-info/add', {}, 'button[value=passkey]');
		assert.equal((await options(visit)).excludeCredentials.length, 1);
		await visit.page.locator('#passkey').click();
		await visit.page.locator('[data-passkey-said]:not([hidden])').waitFor();
		await visit.look('registered already');
		assert.equal(visit.path(), '/security-info/pending');
		await visit.go('/security-info');
		await signOut(visit);
	},

	async 'proves a second way after the password'(visit, person, key) {
		await byPassword(visit, person);
		assert.equal(visit.path(), '/signin/prove');
		assert.equal((await options(visit)).allowCredentials.length, 1);
		await visit.send('/signin/passkey');
		assert.equal(visit.path(), '/security-info');
		person.credential = await vouchesAssertion(key.form(), person.credential, true);
		await signOut(visit);
	},

	async 'proves a second way without verifying its user'(visit, person, key) {
		await byPassword(visit, person);
		await askLess(visit); // of one that could: what it asks with is what a plain key answers
		await visit.send('/signin/passkey');
		assert.equal(visit.path(), '/security-info');
		person.credential = await vouchesAssertion(key.form(), person.credential, false);
		await signOut(visit);
	},

	async 'signs in alone'(visit, person, key) {
		await visit.page.goto(`${address}/signin`);
		await visit.page.locator('#passkey').waitFor();
		await visit.look('/signin with a passkey');
		await Promise.all([visit.page.waitForNavigation(), visit.page.locator('#passkey').click()]);
		await visit.look('signed in');
		assert.equal(visit.path(), '/security-info');
		person.credential = await vouchesAssertion(key.form(), person.credential, true);
		await visit.go('/security-info/add'); // of level 2, and fresh: nothing is asked again
		assert.equal(visit.path(), '/security-info/add');
		await signOut(visit);
	},

	async 'is offered by the field of the name'(visit, person, key) {
		await Promise.all([visit.page.waitForURL(`${address}/security-info`), visit.page.goto(`${address}/signin#offer`)]);
		person.credential = await vouchesAssertion(key.form(), person.credential, true);
		await signOut(visit);
	},

	async 'alone without verifying its user it signs nobody in'(visit, person, key) {
		await key.verifies(false);
		await visit.page.goto(`${address}/signin`);
		await visit.page.locator('#passkey').click();
		await visit.page.locator('[data-passkey-said]:not([hidden])').waitFor();
		await visit.look('refused by the authenticator');
		// A page that asks for less is refused by the server.
		await askLess(visit);
		await Promise.all([visit.page.waitForNavigation(), visit.page.locator('#passkey').click()]);
		await visit.look('refused by the server');
		assert.equal(visit.path(), '/signin/alone');
		await visit.page.locator('#problem').waitFor();
		await vouchesAssertion(key.form(), person.credential, false);
		await key.verifies(true);
	},

	async 'disabled and unknown are told the same'(visit, person) {
		const words = async () => {
			await visit.page.goto(`${address}/signin`);
			await visit.page.locator('#passkey').waitFor();
			await Promise.all([visit.page.waitForNavigation(), visit.page.locator('#passkey').click()]);
			return visit.page.locator('#problem').innerText();
		};
		rekey('people', 'disable', person.name);
		const disabled = await words();
		rekey('people', 'enable', person.name);
		const other = new Key(visit);
		other.cdp = visit.key.cdp;
		const [kept] = await visit.key.credentials();
		await visit.key.unplug();
		await other.plug();
		await other.cdp.send('WebAuthn.addCredential', { authenticatorId: other.id, credential: { ...kept,
			credentialId: Buffer.from('a key that nobody registered').toString('base64') } });
		const unknown = await words();
		assert.equal(disabled, unknown);
		await other.unplug();
		await visit.key.plug();
		await visit.key.cdp.send('WebAuthn.addCredential', { authenticatorId: visit.key.id, credential: { ...kept, signCount: kept.signCount + 5 } });
		rekey('people', 'unlock', person.name);
		rekey('people', 'unfreeze', person.name);
	},

	async 'proves it again before a change'(visit, person, key) {
		await byPassword(visit, person);
		await visit.send('/signin/passkey');
		turnClock(6 * 60);
		await visit.go('/security-info/add');
		assert.equal(visit.path(), '/security-info/prove');
		assert.equal((await options(visit)).allowCredentials.length, 1);
		await visit.send('/security-info/prove/passkey');
		assert.equal(visit.path(), '/security-info/add');
		person.credential = await vouchesAssertion(key.form(), person.credential, true);
		await visit.go('/security-info');
		await signOut(visit);
	},

	async 'options that the oracle made are answered, and accepted here'(visit, person) {
		const own = await generateAuthenticationOptions({ rpID, userVerification: 'preferred',
			allowCredentials: [{ id: person.credential.id, transports: ['internal'] }] });
		await byPassword(visit, person);
		await visit.page.locator('form[data-options]').evaluate((form, made) => {
			form.dataset.options = JSON.stringify({ ...made, challenge: JSON.parse(form.dataset.options).challenge });
		}, own);
		await visit.send('/signin/passkey');
		assert.equal(visit.path(), '/security-info');
		await visit.go('/security-info/add');
		await visit.send('/security-info/add', {}, 'button[value=passkey]');
		const ours = await options(visit);
		const made = await generateRegistrationOptions({ rpName: 'Example', rpID, userName: person.name,
			userID: bytes(ours.user.id), attestationType: 'none', challenge: bytes(ours.challenge) });
		assert.equal(made.challenge, ours.challenge);
		await visit.key.unplug();
		await visit.key.plug({ transport: 'usb' });
		await visit.page.locator('form[data-options]').evaluate((form, o) => {
			form.dataset.options = JSON.stringify(o);
		}, made);
		await visit.send('/security-info/passkey', { label: 'Key of the oracle' });
		assert.equal(visit.path(), '/security-info');
		assert.ok((await visit.page.locator('.methods').innerText()).includes('Key of the oracle'));
		await signOut(visit);
	},

	async 'where policy asks, a key that no maker vouches for is refused'(visit, person, key) {
		rekey('policy', 'set', 'isAttestationEnforced', 'on');
		await key.unplug();
		await key.plug({ transport: 'usb' });
		const other = new Person('keymaker');
		await enrol(visit, other);
		await visit.go('/security-info/add');
		await visit.send('/security-info/add', {}, 'button[value=passkey]');
		assert.equal((await options(visit)).attestation, 'direct');
		await visit.send('/security-info/passkey', { label: 'Of whom?' });
		rekey('policy', 'unset', 'isAttestationEnforced');
		assert.equal(visit.path(), '/security-info/passkey');
		assert.equal(await visit.page.inputValue('#label'), 'Of whom?', 'what was typed stays');
		assert.notEqual(Buffer.from(bytes(key.form().attestation)).indexOf('x5c'), -1, 'it came with certificates');
		await visit.send('/security-info/passkey');
		assert.equal(visit.path(), '/security-info');
		await signOut(visit);
	},

	async 'a security key without a memory and without a PIN is a second proof'(visit, person) {
		await visit.key.unplug();
		await visit.key.plug({ protocol: 'u2f', transport: 'usb', hasResidentKey: false, hasUserVerification: false, isUserVerified: false });
		const other = new Person('keyonly');
		await enrol(visit, other);
		await addPasskey(visit, 'Blue key');
		assert.equal(visit.path(), '/security-info');
		assert.ok(!(await visit.key.credentials())[0].isResidentCredential);
		await signOut(visit);
		await byPassword(visit, other);
		await visit.send('/signin/passkey');
		assert.equal(visit.path(), '/security-info');
		await signOut(visit);
		await visit.key.unplug();
	},

	async 'one passkey that verified its user resets the password'(visit) {
		await visit.key.plug();
		const other = new Person('keyreset');
		await enrol(visit, other);
		await addPasskey(visit, '');
		await signOut(visit);
		await visit.go('/recover');
		await visit.send('/recover', { name: other.name });
		await visit.follow('/recover/ways');
		await visit.send('/recover/method', {}, 'button[value=passkey]');
		assert.equal(visit.path(), '/recover/next_proof');
		assert.deepEqual((await options(visit)).allowCredentials, [], 'before a proof no key is named');
		await visit.send('/recover/passkey');
		assert.equal(visit.path(), '/recover/choose');
		await visit.send('/recover/choose', { password: next });
		assert.equal(visit.path(), '/recover/password_done');
		await byPassword(visit, other, next);
		await visit.send('/signin/passkey');
		assert.equal(visit.path(), '/security-info');
		await signOut(visit);
		await visit.go('/recover');
		await visit.send('/recover', { name: 'nobody.at.all' });
		await visit.follow('/recover/ways');
		await visit.send('/recover/method', {}, 'button[value=passkey]');
		assert.deepEqual((await options(visit)).allowCredentials, []);
		await visit.send('/recover/passkey');
		assert.equal(await visit.page.locator('#problem').count(), 1, 'a key proves nothing of another name');
	},

	async 'a counter that goes back is refused, and told'(visit) {
		await visit.key.unplug();
		await visit.key.plug();
		const other = new Person('keycopy');
		await enrol(visit, other);
		await addPasskey(visit, 'Copied');
		await signOut(visit);
		await byPassword(visit, other);
		await visit.send('/signin/passkey');
		await signOut(visit);
		await visit.key.countFrom(0);
		await byPassword(visit, other);
		await visit.send('/signin/passkey');
		assert.equal(visit.path(), '/signin/passkey');
		await visit.page.locator('#problem').waitFor();
		assert.match(rekey('audit', 'list', '--person', other.name), /counter went back/);
		await visit.page.goto(`${address}/inbox`);
		assert.ok((await visit.page.locator('article.letter').allInnerTexts()).some(text => text.includes('Copied') && text.includes('copied')),
			'the owner hears of it');
	},

	async 'is all that must be registered at sign-in'(visit) {
		const other = owing(`keyowing${visit.language}`, 'contact');
		await visit.key.unplug();
		await visit.key.plug();
		await visit.go('/signin?next=/change');
		await visit.go('/signin/pass');
		await visit.send('/signin/pass', { name: other.name, pass: other.pass });
		await visit.send('/signin/choose', { password });
		assert.equal(visit.path(), '/register');
		await visit.send('/register/start');
		await visit.follow('/register/add');
		await visit.send('/register/add', {}, 'button[value=passkey]');
		assert.equal(visit.path(), '/register/pending');
		await visit.key.verifies(false); // a PIN that nobody knows: what was begun goes on
		await visit.page.locator('#passkey').click();
		await visit.page.locator('[data-passkey-said]:not([hidden])').waitFor();
		await visit.look('not made');
		await visit.key.verifies(true);
		await visit.go('/register');
		await visit.send('/register/add');
		await visit.send('/register/passkey', { label: 'My laptop' });
		await vouchesRegistration(visit.key.form());
		assert.equal(visit.path(), '/register', 'if it were lost?');
		await visit.send('/register/later', {}, 'button');
		assert.equal(visit.path(), '/change', 'the page first asked for');
		assert.match(rekey('audit', 'list', '--person', other.name), /registered all required/);
		await visit.go('/security-info');
		await signOut(visit);
		await visit.page.goto(`${address}/signin`);
		await visit.page.locator('#passkey').waitFor();
		await Promise.all([visit.page.waitForNavigation(), visit.page.locator('#passkey').click()]);
		assert.equal(visit.path(), '/security-info', 'and it signs in alone');
		await signOut(visit);
	},

	async 'registered by a password alone it waits'(visit) {
		const other = owing(`keywaits${visit.language}`);
		await visit.key.unplug();
		await visit.key.plug();
		await enrol(visit, other);
		await signOut(visit);
		await byPassword(visit, other);
		await visit.send('/register/start');
		await visit.send('/register/add');
		await visit.send('/register/passkey', { label: 'Whose?' });
		assert.equal(visit.path(), '/register');
		assert.match(rekey('people', 'show', other.name), /waiting/);
		await visit.go('/security-info');
		await signOut(visit);
		await visit.page.goto(`${address}/signin`);
		await visit.page.locator('#passkey').waitFor();
		await Promise.all([visit.page.waitForNavigation(), visit.page.locator('#passkey').click()]);
		await visit.page.locator('#problem').waitFor();
		assert.equal(visit.path(), '/signin/alone', 'it does not sign in');
		turnClock(24 * 3600);
		await visit.page.goto(`${address}/signin`);
		await visit.page.locator('#passkey').waitFor();
		await Promise.all([visit.page.waitForNavigation(), visit.page.locator('#passkey').click()]);
		assert.equal(visit.path(), '/register', 'and a day later it does, and an address is what is missing');
		await visit.send('/register/start');
		assert.equal(await visit.page.locator('#address').count(), 1);
		await signOut(visit);
	},

	async 'without JavaScript there is a sentence and another way'(visit, person) {
		const plain = new Visit(visit.browser, { language: visit.language, width: visit.width, script: false, dark: visit.dark });
		await plain.open();
		const other = owing(`keyplain${visit.language}`);
		await enrol(plain, other);
		await plain.send('/register/start');
		assert.ok(await plain.page.locator('p.no-js').isVisible(), 'it says why');
		assert.ok(!await plain.page.locator('button[value=passkey]').isVisible());
		await plain.follow('/register/add');
		assert.ok(!await plain.page.locator('button[value=passkey]').isVisible(), 'it is not offered');
		await plain.send('/register/add', {}, 'button[value=totp]');
		assert.equal(plain.path(), '/register/pending');
		await plain.send('/signout', {}, 'button');
		rekey('people', 'unlock', person.name);
		await byPassword(plain, person);
		assert.equal(plain.path(), '/signin/prove');
		assert.ok(await plain.page.locator('.no-js').isVisible());
		assert.ok(!await plain.page.locator('#passkey').isVisible());
		await plain.send('/signin/method', {}, 'button[value=recovery_code]');
		visit.complaints.push(...plain.complaints);
		await plain.close();
	},
};

// check(name, visit, body) says how one of them went.
async function passkeys(browser, check) {
	const ways = [{ language: 'en', width: 1200, script: true, dark: false }, { language: 'ja', width: 360, script: true, dark: true }];
	for (const way of ways) {
		const visit = new Visit(browser, way), whole = way.language === 'en';
		visit.name += '-passkey';
		await visit.open();
		/* A virtual authenticator takes every offer of the name's field at once: only where it is meant. */
		await visit.context.addInitScript(() => {
			if (location.hash !== '#offer' && window.PublicKeyCredential)
				PublicKeyCredential.isConditionalMediationAvailable = async () => false;
		});
		visit.key = new Key(visit);
		await visit.key.plug();
		const person = new Person(`key${way.language}`);
		for (const [name, body] of Object.entries(checks))
			/* What needs people of its own is gone through once. */
			if (whole || /^(registers|does not|proves a second way after|signs in alone|proves it again|is all that must)/.test(name))
				await check(name, visit, () => body(visit, person, visit.key));
		await visit.close();
	}
}

module.exports = { addPasskey, byPassword, enrol, Key, passkeys, signOut };
