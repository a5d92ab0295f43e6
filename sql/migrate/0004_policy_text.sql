-- What is set for everybody in words: networks, an address for help. spec/rule.def has the names.

CREATE TABLE policy_text (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);
