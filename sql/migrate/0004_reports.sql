-- Whom a reminder to register was sent, so that nobody gets one too often.
CREATE TABLE reminder (
	account BYTES NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	at INT8 NOT NULL,
	count INT8 NOT NULL
);

-- The board where people say what they would like to have.
CREATE TABLE idea (
	id BYTES NOT NULL PRIMARY KEY,
	account BYTES REFERENCES account (id) ON DELETE SET NULL, -- whose it is; NULL: erased since
	title TEXT NOT NULL,
	words TEXT NOT NULL,
	status TEXT NOT NULL,            -- open, planned, done, declined
	made INT8 NOT NULL,
	changed INT8 NOT NULL            -- when the status last was
);
CREATE INDEX idea_account ON idea (account, made);

CREATE TABLE idea_vote (
	idea BYTES NOT NULL REFERENCES idea (id) ON DELETE CASCADE,
	account BYTES NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	at INT8 NOT NULL,
	PRIMARY KEY (idea, account)
);
CREATE INDEX idea_vote_account ON idea_vote (account);
