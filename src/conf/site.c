/* The site's address taken apart. What base_url may be was judged when it was read (value.c). */
#include "conf/conf.h"

#include <string.h>

static struct str after_scheme(struct str url)
{
	size_t at = str_find(url, STR("://"));

	return at < url.length ? str_from(url, at + 3) : STR_NONE;
}

/* The colon of a port; the length where there is none. */
static size_t port_at(struct str rest)
{
	for (size_t i = rest.length; i > 0 && rest.at[i - 1] != ']'; i--)
		if (rest.at[i - 1] == ':')
			return i - 1;
	return rest.length;
}

struct str conf_host(const struct conf *conf)
{
	struct str rest = after_scheme(conf->base_url);

	return str_upto(rest, port_at(rest));
}

err conf_origin(struct ctx *c, const struct conf *conf, struct str *out)
{
	struct str url = conf->base_url;
	bool tls = str_starts(url, STR("https://"));
	struct buf b = buf_in(c->arena, url.length + 1);

	if (str_ends(url, tls ? STR(":443") : STR(":80")))
		url = str_upto(url, url.length - (tls ? 4 : 3));
	for (size_t i = 0; i < url.length; i++) {
		char at = url.at[i];

		buf_char(&b, at >= 'A' && at <= 'Z' ? (char)(at | 0x20) : at);
	}
	*out = buf_str(&b);
	return b.full ? fault(c, fault_arena, "origin") : 0;
}

/* A last label of digits makes an address of it (URL standard, "ends in a number"). */
bool conf_named(const struct conf *conf)
{
	struct str host = conf_host(conf);
	size_t digits = 0;

	while (digits < host.length && host.at[host.length - 1 - digits] >= '0' &&
		host.at[host.length - 1 - digits] <= '9')
		digits++;
	return host.length > 0 && host.at[0] != '[' && digits < host.length &&
	       !(digits && host.at[host.length - 1 - digits] == '.');
}
