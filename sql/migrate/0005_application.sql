-- Applications that people come to through rekey's sign-in.

CREATE TABLE application (
	id BYTES NOT NULL PRIMARY KEY,   -- in hex, the client_id of OpenID Connect
	name TEXT NOT NULL,              -- as it was given, for people to read
	canonical TEXT NOT NULL UNIQUE,  -- lower case and NFC; model/name.h
	kind TEXT NOT NULL,              -- oidc
	everyone INT8 NOT NULL,          -- 1: all may; 0: those in the groups of application_group
	level INT8 NOT NULL,             -- 1: a password is enough; 2: another proof is needed
	created INT8 NOT NULL,
	changed INT8 NOT NULL,
	client TEXT NOT NULL,            -- public, confidential
	algorithm TEXT NOT NULL,         -- of id tokens: ES256, RS256
	redirect_uris TEXT NOT NULL,     -- with blanks between, compared byte by byte
	post_logout_uris TEXT NOT NULL,
	back_channel_uri TEXT NOT NULL,  -- told when a session ends; empty: not
	secret BYTES,                    -- MAC of what a confidential client knows
	secret_made INT8 NOT NULL
);

CREATE TABLE application_group (
	application BYTES NOT NULL REFERENCES application (id) ON DELETE CASCADE,
	within BYTES NOT NULL REFERENCES directory_group (id) ON DELETE CASCADE,
	PRIMARY KEY (application, within)
);
CREATE INDEX application_group_within ON application_group (within);
