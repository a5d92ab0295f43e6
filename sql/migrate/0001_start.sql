-- The first schema. INT8, BYTES and TEXT are expanded for each database. Times are seconds since
-- 1970, UTC; 0 is never. Ids are 16 random bytes; digests and MACs are 32 bytes.

-- ---- accounts of the embedded directory ----

CREATE TABLE account (
	id BYTES NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,              -- as it was given, for people to read
	canonical TEXT NOT NULL UNIQUE,  -- of name; model/name.h
	display_name TEXT NOT NULL,
	reading TEXT NOT NULL,           -- furigana
	given_name TEXT NOT NULL,
	surname TEXT NOT NULL,
	upn TEXT NOT NULL,
	mail TEXT NOT NULL,              -- the work mailbox: gets notices, never a proof
	employee_id TEXT NOT NULL,
	language TEXT NOT NULL,          -- en, ja, or empty
	state TEXT NOT NULL,             -- active, disabled
	frozen INT8 NOT NULL,            -- since when the methods are frozen, or 0
	must_register INT8 NOT NULL,
	created INT8 NOT NULL,
	changed INT8 NOT NULL,
	last_signin INT8 NOT NULL,
	import_digest BYTES              -- of the row it was last imported from
);

-- Every name that signs in: user name, UPN, mail, employee number. Two accounts with one name: none.
CREATE TABLE login_name (
	canonical TEXT NOT NULL,
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	kind TEXT NOT NULL,              -- name, upn, mail, employee_id
	PRIMARY KEY (canonical, account)
);
CREATE INDEX login_name_account ON login_name (account);

CREATE TABLE password (
	account BYTES NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	stored BYTES NOT NULL,           -- crypto/crypto.h: sealed hash
	origin TEXT NOT NULL,            -- rekey: set here, never overwritten by an import; import
	legacy INT8 NOT NULL,            -- 1: waits to be wrapped
	must_change INT8 NOT NULL,
	changed INT8 NOT NULL
);
CREATE INDEX password_legacy ON password (legacy) WHERE legacy = 1;

-- Contacts from the directory: unverified until proved once.
CREATE TABLE contact (
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	kind TEXT NOT NULL,              -- mail
	address TEXT NOT NULL,
	PRIMARY KEY (account, kind, address)
);

-- The key that seals this person's names in the audit log, wrapped; erase destroys it.
CREATE TABLE account_key (
	account BYTES NOT NULL PRIMARY KEY,
	wrapped BYTES NOT NULL
);

-- ---- methods ----

CREATE TABLE method (
	id BYTES NOT NULL PRIMARY KEY,
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	kind TEXT NOT NULL,              -- mail, totp, recovery_code
	label TEXT NOT NULL,
	address TEXT NOT NULL,           -- mail: as verified; messages go to this text and no other
	channel TEXT NOT NULL,           -- what it travels over, canonical: counts once
	seed BYTES,                      -- totp: sealed, bound to (account, method, row)
	state TEXT NOT NULL,             -- pending, active, disabled
	created INT8 NOT NULL,
	verified INT8 NOT NULL,
	last_used INT8 NOT NULL,
	floor INT8 NOT NULL,             -- totp: the highest accepted time step
	failures INT8 NOT NULL,          -- consecutive; 100 disable it
	code BYTES,                      -- pending: MAC of the confirmation code
	code_expires INT8 NOT NULL,
	tries INT8 NOT NULL              -- left for the confirmation
);
CREATE INDEX method_account ON method (account, kind);

CREATE TABLE recovery_code (
	method BYTES NOT NULL REFERENCES method (id) ON DELETE CASCADE,
	slot INT8 NOT NULL,
	mac BYTES NOT NULL,
	used INT8 NOT NULL,
	PRIMARY KEY (method, slot)
);

-- A one-time pass from the desk: opens the password and registration once.
CREATE TABLE pass (
	account BYTES NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	mac BYTES NOT NULL,
	made INT8 NOT NULL,
	expires INT8 NOT NULL,
	tries INT8 NOT NULL              -- left
);

-- ---- flows and sessions ----

CREATE TABLE flow (
	id BYTES NOT NULL PRIMARY KEY,   -- the support code is made of it
	kind TEXT NOT NULL,              -- recover, signin
	token BYTES NOT NULL,            -- MAC of what the browser holds
	account BYTES,                   -- NULL: nobody; walks the same pages
	name TEXT NOT NULL,              -- as typed, to be shown
	language TEXT NOT NULL,
	state TEXT NOT NULL,             -- of the flow's table
	version INT8 NOT NULL,           -- compare and set
	created INT8 NOT NULL,
	expires INT8 NOT NULL,
	extended INT8 NOT NULL,
	familiar INT8 NOT NULL,          -- 1: came from a familiar device of the account
	method TEXT NOT NULL,            -- the way being asked
	proofs TEXT NOT NULL,            -- methods proved, joined by "+"
	real INT8 NOT NULL,              -- 1: at least one real channel was proved
	tries INT8 NOT NULL,             -- left for this challenge
	code BYTES,                      -- MAC of the code last sent
	code_expires INT8 NOT NULL,
	sent INT8 NOT NULL,              -- codes sent in this flow
	reason TEXT NOT NULL,            -- why it can not succeed, for the desk and the proved
	reissued BYTES                   -- sealed: the recovery code in place of the one used
);
CREATE UNIQUE INDEX flow_token ON flow (token);
CREATE INDEX flow_account ON flow (account);
CREATE INDEX flow_expires ON flow (expires);

CREATE TABLE session (
	id BYTES NOT NULL PRIMARY KEY,   -- MAC of what the browser holds
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	created INT8 NOT NULL,
	seen INT8 NOT NULL,
	expires INT8 NOT NULL,           -- at the latest
	proved INT8 NOT NULL,            -- when the person last proved it
	level INT8 NOT NULL,             -- 1: password; 2: password and another proof
	by_pass INT8 NOT NULL,           -- 1: opened by a one-time pass
	agent TEXT NOT NULL,
	address TEXT NOT NULL
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires);

-- Familiar devices: browsers holding a token from an earlier success of that account.
CREATE TABLE device (
	id BYTES NOT NULL PRIMARY KEY,
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	created INT8 NOT NULL,
	seen INT8 NOT NULL
);
CREATE INDEX device_account ON device (account);

-- Tokens of links in notices ("this was not me").
CREATE TABLE token (
	id BYTES NOT NULL PRIMARY KEY,
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	purpose TEXT NOT NULL,
	made INT8 NOT NULL,
	expires INT8 NOT NULL
);
CREATE INDEX token_account ON token (account);

-- What the next sign-in page says: the notice had no other way to go.
CREATE TABLE banner (
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	message TEXT NOT NULL,
	at INT8 NOT NULL,
	PRIMARY KEY (account, message)
);

-- ---- throttles ----

-- Twice each: half 1 for familiar devices, half 0 for everybody else.
CREATE TABLE counter (
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	kind TEXT NOT NULL,              -- proof: failed proofs a day; signin: failed sign-ins
	half INT8 NOT NULL,
	count INT8 NOT NULL,
	since INT8 NOT NULL,
	until INT8 NOT NULL,             -- shut until then
	PRIMARY KEY (account, kind, half)
);

-- Keyed digests of the last refused passwords: repeating one does not count again.
CREATE TABLE refused_password (
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	half INT8 NOT NULL,
	mac BYTES NOT NULL,
	at INT8 NOT NULL,
	PRIMARY KEY (account, half, mac)
);

-- Codes sent to one destination.
CREATE TABLE sending (
	channel BYTES NOT NULL,
	at INT8 NOT NULL,
	nonce BYTES NOT NULL,
	PRIMARY KEY (channel, at, nonce)
);
CREATE INDEX sending_at ON sending (at);

-- ---- messages ----

CREATE TABLE outbox (
	id BYTES NOT NULL PRIMARY KEY,
	message TEXT NOT NULL,           -- share/mail/
	account BYTES,                   -- whose it is; NULL: nobody's, sent nowhere
	recipient BYTES,                 -- sealed; NULL: nobody
	language TEXT NOT NULL,
	sealed BYTES,                    -- the values, sealed to the row; blanked when delivered
	state TEXT NOT NULL,             -- waiting, leased, sent, dead
	attempts INT8 NOT NULL,
	next INT8 NOT NULL,              -- when it may be claimed
	made INT8 NOT NULL,
	done INT8 NOT NULL,
	detail TEXT NOT NULL
);
CREATE INDEX outbox_next ON outbox (next) WHERE state IN ('waiting', 'leased');
CREATE INDEX outbox_account ON outbox (account);

-- ---- what the administrator sets while it runs ----

CREATE TABLE brand (
	key TEXT NOT NULL,
	language TEXT NOT NULL,          -- empty: for all
	value BYTES NOT NULL,
	PRIMARY KEY (key, language)
);

-- Solved proofs of work, until they expire: each counts once.
CREATE TABLE work (
	salt BYTES NOT NULL PRIMARY KEY,
	expires INT8 NOT NULL
);

-- ---- audit: docs/decision/0003-audit-chain.md ----

-- seq and hash come when the row is chained, a moment after the deed; until then the MAC guards it.
CREATE TABLE audit (
	id BYTES NOT NULL PRIMARY KEY,   -- begins with the millisecond, so that it sorts by time
	at INT8 NOT NULL,
	event TEXT NOT NULL,             -- spec/event.def
	failure INT8 NOT NULL,
	reason TEXT NOT NULL,
	support TEXT NOT NULL,           -- the support code, or empty
	account BYTES,
	actor TEXT NOT NULL,             -- self, desk, socket, system
	sealed BYTES,                    -- detail, address, agent; under account_key
	note TEXT NOT NULL,
	mac BYTES NOT NULL,
	node INT8 NOT NULL,
	day INT8,                        -- days since 1970 in which it was chained
	seq INT8,                        -- 1, 2, 3 within the day
	hash BYTES                       -- of the row before, and this one
);
CREATE UNIQUE INDEX audit_chain ON audit (node, day, seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_pending ON audit (node) WHERE seq IS NULL;
CREATE INDEX audit_account ON audit (account, id) WHERE account IS NOT NULL;
CREATE INDEX audit_support ON audit (support, id) WHERE support <> '';

-- The head of each day, signed anew whenever rows are chained to it; the newest one is always open.
CREATE TABLE audit_head (
	node INT8 NOT NULL,
	day INT8 NOT NULL,
	state TEXT NOT NULL,             -- open, closed, dropped: the rows are gone, the head stays
	count INT8 NOT NULL,
	first BYTES NOT NULL,            -- the hash that the first row follows: the last of the day before
	hash BYTES NOT NULL,             -- of the last row
	signature BYTES NOT NULL,
	PRIMARY KEY (node, day)
);

-- Attempts that named nobody, by the minute; each becomes one row.
CREATE TABLE audit_count (
	node INT8 NOT NULL,
	minute INT8 NOT NULL,
	operation TEXT NOT NULL,
	count INT8 NOT NULL,
	PRIMARY KEY (node, minute, operation)
);

-- The values of policy that were last in force, so that a change shows even over a restart.
CREATE TABLE setting_seen (
	name TEXT NOT NULL PRIMARY KEY,  -- section.key
	value TEXT NOT NULL
);
