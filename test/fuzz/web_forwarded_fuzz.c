/* Any bytes as what a proxy forwards, and as what an application is told of a person: one host in
 * one spelling or none, and a value in one line. */
#include "web/inside.h"

#include "fuzz.h"

static void judge_head(struct str host, struct str uri, struct str whole)
{
	struct head head = { .count = 0 };
	struct forwarded f;

	if (host.length)
		head.headers[head.count++] = (struct header){ STR("X-Forwarded-Host"), host };
	if (uri.length)
		head.headers[head.count++] = (struct header){ STR("X-Forwarded-Uri"), uri };
	if (whole.length)
		head.headers[head.count++] = (struct header){ STR("X-Original-URL"), whole };
	if (!forwarded_take(&head, &f))
		return;
	must_be(f.host.length && f.host.length <= forwarded_host_limit);
	for (size_t i = 0; i < f.host.length; i++)
		must_be((f.host.at[i] >= 'a' && f.host.at[i] <= 'z') ||
			(f.host.at[i] >= '0' && f.host.at[i] <= '9') ||
			strchr(".-:", f.host.at[i]));
	must_be(f.uri.length == 0 || f.uri.at[0] == '/' || f.uri.at[0] == '?');
	/* Said once more, or said otherwise, it is not believed. */
	head.headers[head.count++] =
		(struct header){ STR("x-forwarded-host"), STR("mail.example.org") };
	must_be(!forwarded_take(&head, &f) || (!host.length && str_is(f.host, "mail.example.org")));
}

static void judge_value(struct ctx *c, struct str value)
{
	struct buf line = buf_in(c->arena, value.length + 1),
		   again = buf_in(c->arena, value.length + 1);
	struct str s;

	remote_write(&line, value);
	s = buf_str(&line);
	must_be(!line.full && s.length <= value.length && utf8_valid(s));
	for (size_t i = 0; i < s.length; i++)
		must_be((uint8_t)s.at[i] >= ' ' && s.at[i] != 0x7f);
	must_be(s.length == 0 || (s.at[0] != ' ' && s.at[s.length - 1] != ' '));
	remote_write(&again, s);
	must_be(str_same(buf_str(&again), s));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ctx *c = fuzz_ctx(256 * 1024);
	struct str rest = { (const char *)bytes, size }, host, uri;

	if (size > 4096)
		return 0;
	judge_value(c, rest);
	host = fuzz_piece(&rest);
	uri = fuzz_piece(&rest);
	judge_head(host, uri, rest);
	arena_wipe(c->arena);
	return 0;
}
