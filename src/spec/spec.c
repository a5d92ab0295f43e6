/* The lists as tables. */
#include "spec/spec.h"

#define REPLY(name, status, meaning) { #name, status },
static const struct {
	const char *name;
	int status;
} replies[reply_count] = {
#include "spec/reply.def"
};
#undef REPLY

const char *reply_name(enum reply reply)
{
	return reply < reply_count ? replies[reply].name : "unknown";
}

int reply_status(enum reply reply)
{
	return reply < reply_count ? replies[reply].status : 500;
}

bool reply_of(struct str name, enum reply *out)
{
	for (enum reply reply = 0; reply < reply_count; reply++) {
		if (str_is(name, replies[reply].name)) {
			*out = reply;
			return true;
		}
	}
	return false;
}

const struct operation *operation_of(struct str name)
{
	for (size_t i = 0; i < operation_count; i++)
		if (str_is(name, operation_list[i].name))
			return &operation_list[i];
	return NULL;
}

bool choice_has(const char *choices, struct str word)
{
	struct str rest = str_of(choices), left, right;

	if (word.length == 0)
		return false;
	while (str_cut(rest, '|', &left, &right)) {
		if (str_same(left, word))
			return true;
		rest = right;
	}
	return str_same(rest, word);
}
