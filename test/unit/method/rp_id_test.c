/* The RP ID: our host or a parent of it, and nothing that strangers share. */
#include "unit/method/fixture.h"

static void which_names_are_taken(void **state)
{
	static const struct {
		const char *typed, *host, *name; /* NULL: refused */
	} rows[] = {
		{ "reset.example.org", "reset.example.org", "reset.example.org" },
		{ "example.org", "reset.example.org", "example.org" },
		{ "Example.ORG", "reset.example.org", "example.org" },
		{ " example.org ", "reset.example.org", "example.org" },
		{ "example.co.uk", "a.b.example.co.uk", "example.co.uk" },
		{ "b.example.co.uk", "a.b.example.co.uk", "b.example.co.uk" },
		/* other scripts */
		{ "xn--r8jz45g.jp", "reset.xn--r8jz45g.jp", "xn--r8jz45g.jp" },
		{ "例え.jp", "reset.xn--r8jz45g.jp", "xn--r8jz45g.jp" },
		{ "例え。ｊｐ", "reset.xn--r8jz45g.jp", "xn--r8jz45g.jp" },
		{ "BÜCHER.example", "xn--bcher-kva.example", "xn--bcher-kva.example" },
		{ "中国", "reset.xn--fiqs8s", NULL },
		{ "公司.cn", "reset.xn--55qx5d.cn", NULL },
		/* public suffixes, by registries and by owners of sites */
		{ "org", "reset.example.org", NULL },
		{ "co.uk", "reset.example.co.uk", NULL },
		{ "github.io", "someone.github.io", NULL },
		{ "github.io", "github.io", NULL },
		{ "someone.github.io", "someone.github.io", "someone.github.io" },
		{ "kawasaki.jp", "a.b.kawasaki.jp", NULL },
		{ "b.kawasaki.jp", "a.b.kawasaki.jp", NULL },
		{ "city.kawasaki.jp", "a.city.kawasaki.jp", "city.kawasaki.jp" },
		/* names of one label */
		{ "localhost", "localhost", "localhost" },
		{ "intranet", "intranet", "intranet" },
		{ "localhost", "reset.localhost", NULL },
		{ "internal", "reset.internal", NULL },
		{ "org", "org", NULL },
		/* not ours */
		{ "ample.org", "reset.example.org", NULL },
		{ "a.reset.example.org", "reset.example.org", NULL },
		{ "example.com", "reset.example.org", NULL },
		{ "t.example.org", "reset.example.org", NULL },
		/* addresses, in each spelling a browser takes for one */
		{ "127.0.0.1", "127.0.0.1", NULL },
		{ "0.0.1", "127.0.0.1", NULL },
		{ "127.1", "127.1", NULL },
		{ "2130706433", "2130706433", NULL },
		{ "0x7f.1", "0x7f.1", NULL },
		{ "0x7f000001", "0x7f000001", NULL },
		{ "::1", "::1", NULL },
		{ "[::1]", "[::1]", NULL },
		/* no names at all */
		{ "", "reset.example.org", NULL },
		{ ".", "reset.example.org", NULL },
		{ "example.org.", "reset.example.org", NULL },
		{ ".example.org", "reset.example.org", NULL },
		{ "https://example.org", "example.org", NULL },
		{ "example.org:443", "example.org", NULL },
		{ "example.org/", "example.org", NULL },
		{ "*.example.org", "reset.example.org", NULL },
		{ "exa mple.org", "reset.example.org", NULL },
		{ "example.org\xff", "reset.example.org", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str name = STR_NONE;
		err e = rp_id_take(&ctx, str_of(rows[i].typed), str_of(rows[i].host), &name);

		if (e != (rows[i].name ? 0 : reply_refused) ||
			!str_same(name, str_of(rows[i].name)))
			fail_msg("%s for %s: %d, %.*s", rows[i].typed, rows[i].host, e,
				STR_ARG(name));
	}
}

static void a_nul_is_no_part_of_a_name(void **state)
{
	struct str name;

	(void)state;
	assert_int_equal(
		rp_id_take(&ctx, STR("example.org\0"), STR("example.org"), &name), reply_refused);
	assert_int_equal(rp_id_take(&ctx, STR("example.org\0.evil"), STR("example.org"), &name),
		reply_refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALM(which_names_are_taken),
		CALM(a_nul_is_no_part_of_a_name),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
