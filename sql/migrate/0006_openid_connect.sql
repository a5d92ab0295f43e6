-- OpenID Connect: keys that sign tokens, and what applications were given.

-- What the session was opened with, joined by "+": password, pass, or the name of a method.
ALTER TABLE session ADD COLUMN proofs TEXT NOT NULL DEFAULT '';

CREATE TABLE oidc_key (
	id BYTES NOT NULL PRIMARY KEY,   -- in hex, the kid
	algorithm TEXT NOT NULL,         -- ES256, RS256
	first BYTES NOT NULL,            -- public: x, or the modulus
	second BYTES NOT NULL,           -- public: y, or the exponent
	sealed BYTES NOT NULL,           -- the private key (DER), bound to the id
	made INT8 NOT NULL
);

-- One authorization: a code, then tokens. It ends with the person's session.
CREATE TABLE oidc_grant (
	id BYTES NOT NULL PRIMARY KEY,
	application BYTES NOT NULL REFERENCES application (id) ON DELETE CASCADE,
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	session BYTES REFERENCES session (id) ON DELETE SET NULL ON UPDATE CASCADE, -- NULL: ended
	sid BYTES NOT NULL,              -- the session, as this application knows it
	scope TEXT NOT NULL,
	nonce TEXT NOT NULL,
	redirect_uri TEXT NOT NULL,
	challenge TEXT NOT NULL,         -- of PKCE, S256
	auth_time INT8 NOT NULL,
	level INT8 NOT NULL,
	proofs TEXT NOT NULL,
	made INT8 NOT NULL,
	code BYTES NOT NULL,             -- MAC
	code_expires INT8 NOT NULL,
	code_used INT8 NOT NULL,         -- 1: tokens were given for it
	access BYTES,                    -- MAC of the newest access token
	access_scope TEXT NOT NULL,
	access_expires INT8 NOT NULL,
	refresh BYTES                    -- MAC of the newest refresh token
);
CREATE UNIQUE INDEX oidc_grant_code ON oidc_grant (code);
CREATE INDEX oidc_grant_access ON oidc_grant (access) WHERE access IS NOT NULL;
CREATE INDEX oidc_grant_session ON oidc_grant (session, application);
CREATE INDEX oidc_grant_account ON oidc_grant (account);
CREATE INDEX oidc_grant_application ON oidc_grant (application);
CREATE INDEX oidc_grant_unused ON oidc_grant (code_expires) WHERE code_used = 0;
