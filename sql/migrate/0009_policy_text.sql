-- What is set for everybody in words: networks, an address for help. spec/rule.def has the names.

CREATE TABLE policy_text (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);

-- When the number of proofs was raised last, and from what: whoever had enough then keeps it for graceDays.
CREATE TABLE policy_raised (
	within BYTES REFERENCES directory_group (id) ON DELETE CASCADE, -- NULL: for everybody
	was INT8 NOT NULL,               -- 0: the group had no value of its own
	at INT8 NOT NULL
);
