/* One setting's value: what its row accepts, as a check and as a sentence. */
#include "conf/inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct str sentence(struct ctx *c, const char *format, ...)
{
	char words[480];
	va_list args;

	va_start(args, format);
	if (vsnprintf(words, sizeof(words), format, args) < 0)
		words[0] = 0;
	va_end(args);
	return arena_copy(c->arena, str_of(words));
}

static err refuse(struct str *allowed, struct str words)
{
	*allowed = words;
	return reply_refused;
}

static err full(struct ctx *c)
{
	return fault(c, fault_arena, "the settings are larger than there is room for");
}

/* "10m" in seconds; false when it is no duration. */
static bool duration_of(struct str text, int64_t *seconds)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	int64_t n;

	if (text.length < 2 || text.length > 9 ||
		!str_number(str_upto(text, text.length - 1), &n) || n < 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text.at[text.length - 1] == units[i].unit) {
			*seconds = n * units[i].seconds;
			return true;
		}
	}
	return false;
}

static bool measure(enum conf_kind kind, struct str text, int64_t *out)
{
	return kind == conf_duration ? duration_of(text, out) : str_number(text, out);
}

static err set_measure(const struct conf_row *row, struct str text, int64_t *at)
{
	int64_t n, least, most;

	must_be(measure(row->kind, str_of(row->least), &least) &&
		measure(row->kind, str_of(row->most), &most));
	if (!measure(row->kind, text, &n) || n < least || n > most)
		return reply_refused;
	*at = n;
	return 0;
}

static err set_flag(struct str text, bool *at)
{
	*at = str_is(text, "on");
	return *at || str_is(text, "off") ? 0 : reply_refused;
}

/* Text and file contents: least to most bytes. */
static bool length_fits(const struct conf_row *row, struct str text)
{
	int64_t least = 0, most = 0;

	must_be(!row->least[0] || str_number(str_of(row->least), &least));
	must_be(str_number(str_of(row->most), &most));
	return (int64_t)text.length >= least && (int64_t)text.length <= most;
}

static bool host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* A host name (RFC 1123, as A-labels), an IPv4 address, or [IPv6]. */
static bool host_good(struct str host)
{
	struct network one;

	if (host.length > 2 && host.at[0] == '[' && host.at[host.length - 1] == ']')
		return network_of((struct str){ host.at + 1, host.length - 2 }, &one) == NULL &&
		       one.bits == 128 && str_find(host, STR(":")) < host.length;
	for (size_t i = 0; i < host.length; i++) {
		bool edge = i == 0 || i + 1 == host.length || host.at[i - 1] == '.';

		if (!host_char(host.at[i]) || (edge && (host.at[i] == '.' || host.at[i] == '-')))
			return false;
	}
	return host.length > 0 && host.length <= 253;
}

static bool host_loopback(struct str host)
{
	return str_is(host, "localhost") || str_is(host, "[::1]") || str_is(host, "127.0.0.1");
}

/* Takes ":8443" off the end of rest. False: what stands there is no port. */
static bool port_cut(struct str *rest)
{
	size_t colon = rest->length;
	struct str port;
	int64_t number;

	while (colon > 0 && rest->at[colon - 1] >= '0' && rest->at[colon - 1] <= '9')
		colon--;
	if (colon == 0 || rest->at[colon - 1] != ':')
		return true;
	port = str_from(*rest, colon);
	*rest = str_upto(*rest, colon - 1);
	return port.length && port.at[0] != '0' && str_number(port, &number) && number <= 65535;
}

/* The URL without the slash that many write at its end; STR_NONE when it is not accepted. */
static struct str url_of(struct str url)
{
	bool tls = str_starts(url, STR("https://"));
	struct str host;

	if (!tls && !str_starts(url, STR("http://")))
		return STR_NONE;
	if (url.at[url.length - 1] == '/')
		url.length--;
	host = str_from(url, tls ? 8 : 7);
	if (!port_cut(&host) || !host_good(host) || (!tls && !host_loopback(host)))
		return STR_NONE;
	return url;
}

static size_t item_count(struct str text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.length; i++)
		count += text.at[i] == ',';
	return count;
}

/* The next item of a comma list, without blanks around it, empty ones passed; false at the end. */
static bool next_item(struct str *rest, struct str *item)
{
	while (rest->length) {
		struct str right = STR_NONE;

		if (!str_cut(*rest, ',', item, &right))
			*item = *rest;
		*rest = right;
		*item = str_trim(*item);
		if (item->length)
			return true;
	}
	return false;
}

static err set_words(struct ctx *c, struct conf *conf, const struct conf_row *row, struct str text,
	struct words *at)
{
	struct str *words = arena_take(conf->arena, item_count(text) * sizeof(*words)), item;
	size_t count = 0;

	if (!words)
		return full(c);
	while (next_item(&text, &item)) {
		if (row->least[0] && !choice_has(row->least, item))
			return reply_refused;
		words[count++] = item;
	}
	*at = (struct words){ words, count };
	return 0;
}

static err set_networks(
	struct ctx *c, struct conf *conf, struct str text, struct networks *at, struct str *allowed)
{
	struct network *networks = arena_take(conf->arena, item_count(text) * sizeof(*networks));
	struct str item;
	size_t count = 0;

	if (!networks)
		return full(c);
	while (next_item(&text, &item)) {
		const char *why = network_of(item, &networks[count++]);

		if (why)
			return refuse(allowed,
				sentence(c, "%s, not \"%.*s\"", why, STR_ARG(str_upto(item, 60))));
	}
	*at = (struct networks){ networks, count };
	return 0;
}

static err set_file(
	struct ctx *c, struct conf *conf, size_t row, struct str path, struct str *allowed)
{
	struct str content = STR_NONE, why;
	int64_t most = 0;
	err e;

	must_be(str_number(str_of(conf_rows[row].most), &most));
	path = arena_copy(c->arena, path);
	if (!path.at)
		return full(c);
	if ((e = file_take(c, path.at, (size_t)most, true, &content, &why)) > 0)
		return refuse(allowed, sentence(c, "%.*s (%s)", STR_ARG(why), path.at));
	if (e)
		return e;
	/* An editor ends the last line; that is no part of the secret. */
	if (str_ends(content, STR("\n")))
		content.length--;
	return value_content(c, conf, row, content);
}

/* Text is in conf's own arena by now. reply_refused without a sentence: the row's own says it. */
static err set_checked(
	struct ctx *c, struct conf *conf, size_t row, struct str text, struct str *allowed)
{
	const struct conf_row *r = &conf_rows[row];
	void *at = (char *)conf + r->offset;

	switch (r->kind) {
	case conf_number:
	case conf_duration:
		return set_measure(r, text, at);
	case conf_flag:
		return set_flag(text, at);
	case conf_networks:
		return length_fits(r, text) ? set_networks(c, conf, text, at, allowed)
					    : reply_refused;
	case conf_words:
		return set_words(c, conf, r, text, at);
	case conf_url:
		if (text.length && !(text = url_of(text)).length)
			return reply_refused;
		break;
	case conf_choice:
		if (!choice_has(r->most, text))
			return reply_refused;
		*(struct str *)at = text;
		return 0;
	case conf_text:
	case conf_file:
		break;
	}
	if (!length_fits(r, text))
		return reply_refused;
	*(struct str *)at = text;
	return 0;
}

err value_content(struct ctx *c, struct conf *conf, size_t row, struct str content)
{
	struct str copy = arena_copy(conf->arena, content);

	if (!copy.at)
		return full(c);
	*(struct str *)((char *)conf + conf_rows[row].offset) = copy;
	conf->texts[row] = copy;
	return 0;
}

err value_set(struct ctx *c, struct conf *conf, size_t row, struct str text, struct str *allowed)
{
	const struct conf_row *r = &conf_rows[row];
	struct str copy;
	err e;

	*allowed = STR_NONE;
	if (r->kind == conf_file && text.length)
		return set_file(c, conf, row, text, allowed);
	copy = arena_copy(conf->arena, text);
	if (!copy.at)
		return full(c);
	e = text.length == 0 && r->preset[0] ? reply_refused
					     : set_checked(c, conf, row, copy, allowed);
	if (e > 0 && !allowed->at)
		*allowed = conf_allowed(c, row);
	if (e == 0)
		conf->texts[row] = copy;
	return e;
}

/* "mail|proved" as "mail or proved". */
static struct str choices_said(struct ctx *c, const char *choices, const char *last)
{
	struct buf b = buf_in(c->arena, 240);
	struct str rest = str_of(choices), word, more;

	while (str_cut(rest, '|', &word, &more)) {
		buf_add(&b, word);
		buf_print(&b, "%s", str_find(more, STR("|")) < more.length ? ", " : last);
		rest = more;
	}
	buf_add(&b, rest);
	return buf_str(&b);
}

static struct str words_allowed(struct ctx *c, const struct conf_row *r)
{
	if (!r->least[0])
		return sentence(c, "words with commas between them, up to %s bytes", r->most);
	return sentence(c, "words with commas between them, of %.*s",
		STR_ARG(choices_said(c, r->least, " and ")));
}

struct str conf_allowed(struct ctx *c, size_t row)
{
	const struct conf_row *r = &conf_rows[row];

	switch (r->kind) {
	case conf_number:
		return sentence(c, "a number from %s to %s", r->least, r->most);
	case conf_duration:
		return sentence(
			c, "a time from %s to %s, such as 90s, 15m, 24h or 30d", r->least, r->most);
	case conf_flag:
		return STR("on or off");
	case conf_choice:
		return choices_said(c, r->most, " or ");
	case conf_networks:
		return STR("networks with commas between them, such as 10.0.0.0/8, 2001:db8::/32");
	case conf_words:
		return words_allowed(c, r);
	case conf_url:
		return STR("https:// and a host name in lower case, with a port if need be and no "
			   "path; "
			   "http:// only for localhost, 127.0.0.1 and [::1]");
	case conf_file:
		return sentence(c,
			"the path of a file of at most %s bytes that only its owner and group may "
			"read",
			r->most);
	case conf_text:
		break;
	}
	return sentence(c, "text of %s to %s bytes", r->least[0] ? r->least : "0", r->most);
}

struct str conf_value(const struct conf *conf, size_t row)
{
	if (conf_rows[row].kind == conf_file)
		return conf->texts[row].length ? STR("(set)") : STR("(not set)");
	return conf->texts[row];
}
