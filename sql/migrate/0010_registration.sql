-- What people did when sign-in asked them to register, and what a session still owes.

CREATE TABLE registration (
	account BYTES NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	skipped_since INT8 NOT NULL,     -- the first time it was put off since something is missing, or 0
	skips INT8 NOT NULL,             -- how often since then
	confirmed INT8 NOT NULL,         -- when the person last completed it, or looked it over
	snoozed_until INT8 NOT NULL,     -- the campaign
	snoozes INT8 NOT NULL,
	notice_version INT8 NOT NULL,    -- of the privacy notice that was accepted, or 0
	notice_at INT8 NOT NULL,
	default_method TEXT NOT NULL     -- asked first at sign-in; empty: the most secure
);

-- stage: 0 owes what policy asks for; 1 has begun with it; 2 let through: never asked again. Sessions from
-- before this was asked are let through.
ALTER TABLE session ADD COLUMN stage INT8 NOT NULL DEFAULT 2;
-- vouched: a code to an address that the organisation or the account knew already came back in this session.
ALTER TABLE session ADD COLUMN vouched INT8 NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN vouch_code BYTES;
ALTER TABLE session ADD COLUMN vouch_until INT8 NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN vouch_tries INT8 NOT NULL DEFAULT 5;

-- A way that was added with a password alone proves nothing before this time.
ALTER TABLE method ADD COLUMN counts_from INT8 NOT NULL DEFAULT 0;
