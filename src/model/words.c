/* What people write for others to read. */
#include "model/words.h"

#include "spec/spec.h"

err words_take(struct ctx *c, struct str typed, bool lines, struct str *out)
{
	struct buf b = buf_in(c->arena, typed.length + 1);

	for (size_t at = 0; at < typed.length;) {
		size_t from = at;
		int32_t point = utf8_next(typed, &at);

		if (point == '\r' || (lines && point == '\n')) {
			if (point == '\n')
				buf_char(&b, '\n');
			continue;
		}
		if (point_steers(point) && point != '\t')
			return reply_refused;
		buf_add(&b, str_upto(str_from(typed, from), at - from));
	}
	if (b.full)
		return fault(c, fault_arena, "words");
	*out = str_trim(buf_str(&b));
	return out->length ? 0 : (err)reply_refused;
}
