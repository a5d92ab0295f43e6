/* The one form in which passwords are hashed: NFC of text that every version of Unicode normalises
 * alike (UAX 15 12.1, stabilised strings). */
#include "policy/inside.h"
#include "spec/spec.h"

#include <unictype.h>
#include <uninorm.h>

/* Nothing that a keyboard could not have meant, and nothing that a later Unicode may compose. */
static const char *objection(struct str text)
{
	static const uint32_t never = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cn;

	for (size_t at = 0; at < text.length;) {
		int32_t point = utf8_next(text, &at);

		if (point < 0)
			return "password_malformed";
		if (uc_is_general_category_withtable((ucs4_t)point, never))
			return "password_characters";
	}
	return NULL;
}

/* reply_too_many: the form is longer than a secret can be. */
static err compose(struct ctx *c, struct str text, struct secret *room, size_t *length)
{
	uint8_t *composed;

	*length = secret_size_max;
	if (text.length == 0) {
		*length = 0;
		return 0;
	}
	composed = u8_normalize(
		UNINORM_NFC, (const uint8_t *)text.at, text.length, secret_bytes(room), length);
	if (!composed)
		return fault(c, fault_memory, "normal form");
	if (composed == secret_bytes(room))
		return 0;
	bytes_wipe(composed, *length);
	memory_return(composed);
	return reply_too_many;
}

err normal_form(struct ctx *c, const struct secret *typed, struct secret **normal, const char **why)
{
	scoped_secret *room = secret_room(c->arena, secret_size_max);
	size_t length;
	err e;

	if (!room)
		return fault(c, fault_memory, "locked pages");
	if ((*why = objection(secret_show(typed))))
		return reply_refused;
	if ((e = compose(c, secret_show(typed), room, &length))) {
		*why = "password_long";
		return e < 0 ? e : reply_refused;
	}
	*normal = secret_take(c->arena, secret_bytes(room), length);
	return *normal ? 0 : fault(c, fault_memory, "locked pages");
}

err password_normal(struct ctx *c, const struct secret *typed, struct secret **normal)
{
	const char *why;

	return normal_form(c, typed, normal, &why);
}
