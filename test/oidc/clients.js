// Clients that nobody here wrote, against a running rekey: openid-client and @azure/msal-node. The person's browser
// is the other side's: this prints "go URL" and reads the address that the browser came back to.
'use strict';
const readline = require('readline');

const { ISSUER, CALLBACK, WEB_ID, WEB_SECRET, NATIVE_ID, RSA_ID, RSA_SECRET } = process.env;
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const scope = 'openid profile email groups offline_access';

async function browse(url) {
	console.log(`go ${url}`);
	return new URL((await lines.next()).value);
}

async function check(name, what) {
	try {
		const said = await what();
		console.log(said === undefined || said === true ? `ok ${name}` : `not ok ${name}: ${JSON.stringify(said)}`);
	} catch (e) {
		console.log(`not ok ${name}: ${[e.code, e.message, e.error, e.cause && JSON.stringify(e.cause)].join(' ')
			.replaceAll('\n', ' ').slice(0, 600)}`);
	}
}

const is = (got, expected) => JSON.stringify(got) === JSON.stringify(expected) || `${JSON.stringify(got)} is not ${
	JSON.stringify(expected)}`;

async function refused(promise, error) {
	try {
		await promise;
	} catch (e) {
		return is(e.error ?? e.code, error);
	}
	return 'not refused';
}

async function begin(client, config, more = {}) {
	const verifier = client.randomPKCECodeVerifier(), state = client.randomState(), nonce = client.randomNonce();
	const url = client.buildAuthorizationUrl(config, { redirect_uri: CALLBACK, scope, state, nonce, code_challenge_method: 'S256',
		code_challenge: await client.calculatePKCECodeChallenge(verifier), ...more });
	return { url, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce } };
}

async function openid(client) {
	const config = await client.discovery(new URL(ISSUER), WEB_ID, undefined, client.ClientSecretBasic(WEB_SECRET));
	let tokens, back, asked;

	await check('openid-client: a code, by client_secret_basic', async () => {
		asked = await begin(client, config);
		back = await browse(asked.url);
		tokens = await client.authorizationCodeGrant(config, back, asked.checks);
		return is([tokens.claims().preferred_username, tokens.claims().amr, tokens.scope], ['ada', ['pwd'], scope]);
	});
	await check('openid-client: userinfo', async () => {
		const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
		return is([info.name, info.email, info.groups], ['Ada Lovelace', 'ada@work.example', ['Staff']]);
	});
	await check('openid-client: a refresh token', async () => {
		const before = tokens;
		tokens = await client.refreshTokenGrant(config, tokens.refresh_token);
		return is([tokens.claims().sub, tokens.refresh_token === before.refresh_token], [before.claims().sub, false]);
	});
	await check('openid-client: the same refresh token again ends the family', async () => {
		const last = tokens;
		const next = await client.refreshTokenGrant(config, last.refresh_token);
		const first = await refused(client.refreshTokenGrant(config, last.refresh_token), 'invalid_grant');
		return first === true ? refused(client.refreshTokenGrant(config, next.refresh_token), 'invalid_grant') : first;
	});
	await check('openid-client: the same code again', () => refused(client.authorizationCodeGrant(config, back, asked.checks),
		'invalid_grant'));
	await check('openid-client: another issuer\'s answer is not taken (RFC 9207)', async () => {
		const { url, checks } = await begin(client, config);
		const forged = await browse(url);
		forged.searchParams.set('iss', 'https://evil.example');
		return refused(client.authorizationCodeGrant(config, forged, checks), 'OAUTH_INVALID_RESPONSE');
	});
	await check('openid-client: an answer that names nobody is not taken', async () => {
		const { url, checks } = await begin(client, config);
		const forged = await browse(url);
		forged.searchParams.delete('iss');
		return refused(client.authorizationCodeGrant(config, forged, checks), 'OAUTH_INVALID_RESPONSE');
	});
	await check('openid-client: a code put in from elsewhere has another verifier', async () => {
		const stolen = await browse((await begin(client, config)).url), mine = await begin(client, config);
		stolen.searchParams.set('state', mine.checks.expectedState);
		return refused(client.authorizationCodeGrant(config, stolen, mine.checks), 'invalid_grant');
	});
	await check('openid-client: client_secret_post and max_age', async () => {
		const post = await client.discovery(new URL(ISSUER), WEB_ID, undefined, client.ClientSecretPost(WEB_SECRET));
		const { url, checks } = await begin(client, post, { max_age: '3600' });
		const got = await client.authorizationCodeGrant(post, await browse(url), { ...checks, maxAge: 3600 });
		return is(typeof got.claims().auth_time, 'number');
	});
	await check('openid-client: a wrong secret', async () => {
		const wrong = await client.discovery(new URL(ISSUER), WEB_ID, undefined, client.ClientSecretBasic(WEB_SECRET + 'x'));
		const { url, checks } = await begin(client, wrong);
		return refused(client.authorizationCodeGrant(wrong, await browse(url), checks),
			'OAUTH_WWW_AUTHENTICATE_CHALLENGE');
	});
	await check('openid-client: RS256', async () => {
		const rsa = await client.discovery(new URL(ISSUER), RSA_ID, { id_token_signed_response_alg: 'RS256' },
			client.ClientSecretBasic(RSA_SECRET));
		const { url, checks } = await begin(client, rsa);
		return is((await client.authorizationCodeGrant(rsa, await browse(url), checks)).claims().preferred_username, 'ada');
	});
	await check('openid-client: a public client on a port of its own', async () => {
		const native = await client.discovery(new URL(ISSUER), NATIVE_ID, undefined, client.None());
		const redirect_uri = 'http://127.0.0.1:50789/back';
		const { url, checks } = await begin(client, native, { redirect_uri });
		const got = await client.authorizationCodeGrant(native, await browse(url), checks);
		return is(got.claims().aud, NATIVE_ID);
	});
	await check('openid-client: signing out, and what it ends', async () => {
		const { url, checks } = await begin(client, config);
		const got = await client.authorizationCodeGrant(config, await browse(url), checks);
		const out = client.buildEndSessionUrl(config, { id_token_hint: got.id_token, post_logout_redirect_uri: `${CALLBACK}/bye`,
			state: 'bye bye' });
		const back = await browse(out);
		const first = is(back.href, `${CALLBACK}/bye?state=bye%20bye`);
		return first === true ? refused(client.refreshTokenGrant(config, got.refresh_token), 'invalid_grant') : first;
	});
}

async function msal() {
	const { ConfidentialClientApplication, PublicClientApplication, CryptoProvider } = require('@azure/msal-node');
	const { protocol, host } = new URL(ISSUER);
	const auth = { clientId: WEB_ID, clientSecret: WEB_SECRET, authority: `${protocol}//${host}`, knownAuthorities: [host],
		protocolMode: 'OIDC' };
	const scopes = ['openid', 'profile', 'email', 'groups', 'offline_access'];

	async function signIn(app, redirectUri, more = {}) {
		const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
		const url = await app.getAuthCodeUrl({ scopes, redirectUri, codeChallenge: challenge, codeChallengeMethod: 'S256', state: 's',
			responseMode: 'query', ...more });
		const back = await browse(url);
		return app.acquireTokenByCode({ code: back.searchParams.get('code'), scopes, redirectUri, codeVerifier: verifier });
	}

	await check('msal-node: a confidential client', async () => {
		const app = new ConfidentialClientApplication({ auth, system: { protocolMode: 'OIDC' } });
		const got = await signIn(app, CALLBACK);
		const first = is([got.account.username, got.idTokenClaims.email], ['ada', 'ada@work.example']);
		if (first !== true)
			return first;
		const again = await app.acquireTokenSilent({ account: got.account, scopes, forceRefresh: true });
		return is([again.idTokenClaims.sub, again.fromCache], [got.idTokenClaims.sub, false]);
	});
	await check('msal-node: a public client, choosing the account', async () => {
		const { clientSecret, ...open } = auth;
		const app = new PublicClientApplication({ auth: { ...open, clientId: NATIVE_ID }, system: { protocolMode: 'OIDC' } });
		return is((await signIn(app, 'http://127.0.0.1:50789/back', { prompt: 'select_account' })).account.username, 'ada');
	});
}

(async () => {
	await openid(await import('openid-client'));
	await msal();
	process.exit(0);
})();
