/* A QR code as a drawing: each dark module is drawn, once, and nothing else is. */
#include "check.h"

#include <qrencode.h>

#include "web/visit.h"

enum { quiet = 4, side_most = 200 };

static char drawn[side_most][side_most];

/* "Mx yhWv1h-Wz": one run of dark modules. */
static void draw_run(const char **at)
{
	char *end;
	long x = strtol(*at + 1, &end, 10), y = strtol(end + 1, &end, 10), wide;

	assert_int_equal(*end, 'h');
	wide = strtol(end + 1, &end, 10);
	assert_int_equal(strncmp(end, "v1h-", 4), 0);
	assert_int_equal(strtol(end + 4, &end, 10), wide);
	assert_int_equal(*end, 'z');
	for (long i = 0; i < wide; i++)
		drawn[y][x + i]++;
	*at = end + 1;
}

static void every_dark_module_is_drawn_once_within_the_quiet_zone(void **state)
{
	static const char text[] =
		"otpauth://totp/Example:ada?secret=UUGPZRGP27NLWG2VZ75T7QM24AFPEOR6&issuer=Example";
	struct visit v = { .c.arena = arena_open(256 * 1024) };
	QRcode *code =
		QRcode_encodeData(sizeof(text) - 1, (const unsigned char *)text, 0, QR_ECLEVEL_M);
	struct str svg;
	const char *at;

	(void)state;
	memset(drawn, 0, sizeof(drawn));
	qr_draw(&v,
		STR("otpauth://totp/"
		    "Example:ada?secret=UUGPZRGP27NLWG2VZ75T7QM24AFPEOR6&issuer=Example"),
		&svg);
	assert_true(svg.length > 0);
	svg = arena_copy(v.c.arena, svg);
	at = strstr(svg.at, "#000\" d=\"");
	assert_non_null(at);
	for (at += 9; *at == 'M';)
		draw_run(&at);
	assert_int_equal(*at, '"');
	for (int y = 0; y < code->width + 2 * quiet; y++) {
		for (int x = 0; x < code->width + 2 * quiet; x++) {
			int row = y - quiet, column = x - quiet;
			bool inside = row >= 0 && column >= 0 && row < code->width &&
				      column < code->width;
			int dark = inside ? code->data[row * code->width + column] & 1 : 0;

			assert_int_equal(drawn[y][x], dark);
		}
	}
	QRcode_free(code);
	arena_close(&v.c.arena);
}

static void what_is_too_long_for_a_code_is_no_drawing(void **state)
{
	static char text[4000];
	struct visit v = { .c.arena = arena_open(256 * 1024) };
	struct str svg = STR("x");

	(void)state;
	memset(text, 'a', sizeof(text));
	qr_draw(&v, (struct str){ text, sizeof(text) }, &svg);
	assert_int_equal(svg.length, 0);
	arena_close(&v.c.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_dark_module_is_drawn_once_within_the_quiet_zone),
		cmocka_unit_test(what_is_too_long_for_a_code_is_no_drawing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
