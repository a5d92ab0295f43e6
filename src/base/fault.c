/* Faults: born once, with words. And what cannot happen. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FAULT(name, words) [fault_##name] = #name,
static const char *const names[fault_count] = {
	[fault_none] = "none",
#include "spec/fault.def"
};
#undef FAULT

err fault_born(struct ctx *c, enum fault_kind kind, const char *format, ...)
{
	va_list args;

	must_be(kind > fault_none && kind < fault_count);
	c->fault.kind = kind;
	va_start(args, format);
	if (vsnprintf(c->fault.words, sizeof(c->fault.words), format, args) < 0)
		c->fault.words[0] = 0;
	va_end(args);
	return -(err)kind;
}

const char *fault_name(enum fault_kind kind)
{
	return kind >= fault_none && kind < fault_count ? names[kind] : "unknown";
}

void must_be_failed(const char *claim, const char *file, int line)
{
	log_line(log_error, NULL, "cannot happen: %s at %s:%d", claim, file, line);
	abort();
}
