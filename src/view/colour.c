/* The organisation's accent colour, shifted until it can be read (WCAG 2.2, 1.4.3 and 1.4.11). */
#include "view/inside.h"

struct colour {
	double part[3]; /* red, green, blue of sRGB, 0 to 1 */
};

static const struct colour preset = { { 0x1f / 255.0, 0x4b / 255.0, 0x99 / 255.0 } };
static const struct colour paper = { { 1, 1, 1 } };
static const struct colour night = { { 0x1b / 255.0, 0x1f / 255.0, 0x24 / 255.0 } };
static const double enough = 5.5; /* the least is 4.5; a tint beneath takes some of it */

/* sRGB to linear light, by the cubic that stays within 0.002 of IEC 61966-2-1: no libm for it. */
static double linear(double x)
{
	return x * (x * (x * 0.305306011 + 0.682171111) + 0.012522878);
}

static double luminance(struct colour c)
{
	return 0.2126 * linear(c.part[0]) + 0.7152 * linear(c.part[1]) + 0.0722 * linear(c.part[2]);
}

static double contrast(struct colour a, struct colour b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

static struct colour mixed(struct colour from, struct colour to, double share)
{
	for (int i = 0; i < 3; i++)
		from.part[i] += (to.part[i] - from.part[i]) * share;
	return from;
}

/* Moves c toward an end until it stands out from the ground. */
static struct colour readable(struct colour c, struct colour ground, struct colour toward)
{
	for (int step = 0; step < 64 && contrast(c, ground) < enough; step++)
		c = mixed(c, toward, 0.04);
	return c;
}

static struct colour colour_of(struct str text)
{
	uint8_t bytes[3];

	if (!str_starts(text, STR("#")) || !hex_take(str_from(text, 1), bytes, 3))
		return preset;
	return (struct colour){ { bytes[0] / 255.0, bytes[1] / 255.0, bytes[2] / 255.0 } };
}

static void add(struct buf *out, const char *name, struct colour c)
{
	buf_print(out, "--%s:#%02x%02x%02x;", name, (unsigned)(c.part[0] * 255 + 0.5) & 255,
		(unsigned)(c.part[1] * 255 + 0.5) & 255, (unsigned)(c.part[2] * 255 + 0.5) & 255);
}

static void add_set(struct buf *out, struct colour accent, struct colour ground, struct colour far)
{
	struct colour ink = readable(accent, ground, far);

	add(out, "accent", ink);
	add(out, "accent-strong", mixed(ink, far, 0.2));
	add(out, "accent-soft", mixed(ink, ground, 0.9));
	add(out, "on-accent", ground);
}

void view_brand_css(struct buf *out, struct str accent)
{
	static const struct colour black = { { 0, 0, 0 } };
	struct colour chosen = colour_of(accent);

	buf_add(out, STR(":root{"));
	add_set(out, chosen, paper, black);
	buf_add(out, STR("}@media (prefers-color-scheme:dark){:root{"));
	add_set(out, chosen, night, paper);
	buf_add(out, STR("}}"));
}
