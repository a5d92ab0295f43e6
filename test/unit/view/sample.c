/* Every page once or more, with sample values. */
#include "unit/view/sample.h"

#include <assert.h>
#include <stdlib.h>

static const int64_t monday = 1795424640; /* 2026-11-23 09:04 UTC */

static struct str text_of(const struct sample *s, const char *ordinary)
{
	return str_of(s->hostile ? s->hostile : ordinary);
}

static struct view_base base_of(const struct sample *s)
{
	return (struct view_base){
		.language = s->language,
		.organisation = text_of(s, "Kitahama University"),
		.csrf = STR("csrf-token"),
		.path = STR("/recover"),
		.support = STR("7K4M-2QPX"),
		.help_phone = STR("03-5555-0199"),
		.help_mail = STR("help@kitahama.example"),
		.help_text = text_of(s, "Weekdays 9:00 to 17:30, building C."),
		.mail_sender = text_of(s, "no-reply@kitahama.example"),
		.offset = 540,
		.brand = STR("/brand.css"),
	};
}

static struct view_base flow_base(const struct sample *s, int64_t step)
{
	struct view_base base = base_of(s);

	base.step = step;
	base.steps = 3;
	base.shown_name = text_of(s, "tanaka.t");
	base.leave = STR("/recover/leave");
	base.expires = 12 * 60 + 20;
	base.extend = STR("/recover/extend");
	return base;
}

static struct view_base signed_base(const struct sample *s)
{
	struct view_base base = base_of(s);

	base.signed_in = true;
	base.shown_name = text_of(s, "tanaka.t");
	base.path = STR("/security-info");
	return base;
}

static struct view_base refused(
	struct view_base base, const char *words, const char *field, int64_t n)
{
	base.error = str_of(words);
	base.error_field = str_of(field);
	base.error_number = n;
	return base;
}

/* Draws page into a buffer and hands it on. */
#define SHOW(name, page, base, ...)                                                                \
	do {                                                                                       \
		char *memory = malloc(view_page_limit);                                            \
		struct buf out = buf_on(memory, view_page_limit);                                  \
		struct view_base drawn = base;                                                     \
		view_##page(&out, &drawn, &(struct view_##page){ __VA_ARGS__ });                   \
		assert(!out.full);                                                                 \
		s->show(name, &out, s->to);                                                        \
		free(memory);                                                                      \
	} while (0)

static void sign_in(const struct sample *s)
{
	struct view_signin_prove_ways other[] = { { STR("recovery_code") } };
	struct view_base base = base_of(s), flow = flow_base(s, 2);
	struct secret *typed = secret_take(s->arena, "kawa no nagare", 14);

	flow.steps = 2;
	flow.extend = STR_NONE;
	base.path = STR("/signin");
	SHOW("signin", signin, base, .name = STR_NONE);
	SHOW("signin_wrong", signin, refused(base, "wrong", "name", 0),
		.name = text_of(s, "tanaka.t"));
	base.demo = true;
	SHOW("signin_demo", signin, base, .name = STR_NONE);
	base.demo = false;
	SHOW("signin_prove", signin_prove, flow, .method = STR("totp"), .ways = other,
		.ways_count = 1);
	SHOW("signin_prove_passkey", signin_prove, flow, .method = STR("passkey"), .ways = other,
		.ways_count = 1, .options = STR("{\"challenge\":\"AA\"}"));
	SHOW("signin_prove_code", signin_prove, flow, .method = STR("recovery_code"));
	SHOW("signin_pass", signin_pass, base, .name = text_of(s, "tanaka.t"));
	SHOW("must_change", must_change, refused(flow, "password_short", "password", 15), .min = 15,
		.ascii = true, .password = typed);
	SHOW("signed_out", signed_out, base, .everywhere = true);
	SHOW("finished", finished, base, 0);
	secret_drop(&typed);
}

static void recover(const struct sample *s)
{
	struct view_ways_ways ways[] = { { STR("mail"), true }, { STR("totp"), false },
		{ STR("recovery_code"), false }, { STR("passkey"), false } };
	struct view_base first = flow_base(s, 1), second = flow_base(s, 2), third = flow_base(s, 3);
	struct secret *typed =
		secret_take(s->arena, "\xe5\xb7\x9d\xe3\x81\xae wa <b>&\"nagare", 22);

	SHOW("recover", recover, base_of(s), .name = STR_NONE);
	SHOW("recover_refused", recover, refused(base_of(s), "name_malformed", "name", 0),
		.name = text_of(s, "tanaka t"));
	SHOW("work", work, base_of(s), .name = text_of(s, "tanaka.t"), .wait = 20,
		.work = STR("00112233|100|abc|1795424640|mac"));
	SHOW("check_messages", check_messages, first, .method = STR("mail"), .tries_left = 5);
	SHOW("check_messages_wrong", check_messages, refused(first, "code_wrong", "code", 4),
		.method = STR("mail"), .tries_left = 4);
	second.notice = STR("did_extend");
	second.extend = STR_NONE;
	second.expires = 59;
	SHOW("next_proof", next_proof, second, .method = STR("totp"), .tries_left = 5);
	SHOW("next_proof_passkey", next_proof, second, .method = STR("passkey"), .tries_left = 5,
		.options = STR("{\"challenge\":\"AA\"}"));
	SHOW("next_proof_code", next_proof, second, .method = STR("recovery_code"),
		.tries_left = 1);
	SHOW("ways", ways, flow_base(s, 2), .ways = ways, .ways_count = 4);
	SHOW("choose", choose, third, .min = 15, .ascii = true);
	SHOW("choose_refused", choose, refused(third, "password_characters", "password", 0),
		.min = 15, .ascii = true, .password = typed);
	SHOW("password_done", password_done, base_of(s), 0);
	SHOW("password_done_grace", password_done, base_of(s), .grace = monday);
	SHOW("choose_grace", choose, third, .min = 15, .ascii = true, .grace = monday);
	third.kiosk = true;
	SHOW("choose_kiosk", choose, third, .min = 15, .ascii = true);
	SHOW("contact_desk", contact_desk, base_of(s), .reason = STR("not_registered"));
	SHOW("shut", shut, base_of(s), .reason = STR_NONE);
	SHOW("shut_tries", shut, base_of(s), .reason = STR("shut_tries"));
	SHOW("mail_link", mail_link, base_of(s), .here = true);
	SHOW("mail_link_elsewhere", mail_link, base_of(s), .here = false);
	secret_drop(&typed);
}

static void info(const struct sample *s)
{
	struct view_info_methods rows[] = {
		{ STR("a1"), STR("mail"), text_of(s, "taro@example.net"), monday - 9000000,
			monday - 86400, STR("active"), 0 },
		{ STR("a2"), STR("totp"), text_of(s, "My phone"), monday - 9000000, monday - 3600,
			STR("suspended"), 0 },
		{ STR("a3"), STR("recovery_code"), STR_NONE, monday - 9000000, 0, STR("active"),
			8 },
		{ STR("a6"), STR("passkey"), text_of(s, "My laptop"), monday - 9000000, 0,
			STR("active"), 0 },
	};
	struct view_base base = signed_base(s), good = base;

	good.notice = STR("did_add");
	SHOW("info", info, good, .administrator = true, .signed_in_at = monday,
		.password_set = monday - 4000000, .complete = true, .sessions = 2, .methods = rows,
		.methods_count = 4);
	good.notice = STR_NONE;
	SHOW("info_told", info, base, .told = STR("password_reset"), .told_at = monday,
		.frozen = true, .complete = true, .sessions = 1, .methods = rows,
		.methods_count = 3);
	SHOW("info_first", info, base, .signed_in_at = monday, .sessions = 1);
	SHOW("info_second", info, base, .signed_in_at = monday, .sessions = 1, .methods = rows,
		.methods_count = 1);
	SHOW("info_grace", info, base, .signed_in_at = monday, .sessions = 1, .methods = rows,
		.methods_count = 1, .grace = monday);
	SHOW("info_phone", info, base, .signed_in_at = monday, .complete = true, .only_phone = true,
		.sessions = 1, .methods = rows, .methods_count = 2);
	SHOW("rename", rename, base, .id = STR("a2"), .kind = STR("totp"),
		.label = text_of(s, "My phone"));
	SHOW("delete", delete, base, .id = STR("a2"), .kind = STR("totp"),
		.label = text_of(s, "My phone"));
	SHOW("change", change, base, .need_old = true, .min = 15, .ascii = true);
}

static void administration(const struct sample *s)
{
	struct view_admin_settings rows[] = {
		{ STR("proofs_to_reset"), STR("part_properties"), STR("set_proofs_to_reset"),
			STR("set_proofs_to_reset_words"), STR("2"), STR_NONE,
			text_of(s, "Sales: 1"), true },
		{ STR("administrators"), STR("part_administrators"), STR("set_administrators"),
			STR("set_administrators_words"), text_of(s, "Admins"), STR_NONE, STR_NONE,
			false },
		{ STR("notify_users"), STR_NONE, STR("set_notify_users"),
			STR("set_notify_users_words"), STR("on"), STR("value_on"), STR_NONE, true },
	};
	struct view_admin_setting_choices off[] = { { STR("off"), STR("value_off") } };
	struct view_base base = signed_base(s);

	SHOW("reports", reports, base, 0);
	SHOW("admin", admin, base, .settings = rows, .settings_count = 3);
	SHOW("admin_flag", admin_setting, base, .id = STR("notify_users"),
		.setting = STR("notifyUsersOnPasswordReset"), .kind = STR("flag"),
		.label = STR("set_notify_users"), .meaning = STR("set_notify_users_words"),
		.value = STR("on"), .said = STR("value_on"), .choices = off, .choices_count = 1);
	SHOW("admin_number", admin_setting, refused(base, "policy_number", "value", 0),
		.id = STR("reconfirm_days"), .setting = STR("registrationReconfirmIntervalInDays"),
		.kind = STR("number"), .label = STR("set_reconfirm_days"),
		.meaning = STR("set_reconfirm_days_words"), .value = STR("180"),
		.for_groups = text_of(s, "Sales: 90"), .typed = text_of(s, "1000"), .most = 730);
	SHOW("admin_list", admin_setting, base, .id = STR("mail_include"),
		.setting = STR("emailOptionIncludeGroups"), .kind = STR("list"),
		.label = STR("set_mail_include"), .meaning = STR("set_mail_include_words"),
		.value = STR("none"), .said = STR("value_none"), .typed = text_of(s, "Staff"));
	SHOW("admin_change", admin_change, base, .id = STR("proofs_to_reset"),
		.setting = STR("numberOfAuthenticationMethodsRequired"),
		.label = STR("set_proofs_to_reset"), .was = STR("1"), .value = STR("2"),
		.verdict = STR("page"), .options = STR("{\"challenge\":\"AA\"}"), .has_key = true,
		.command = STR("rekey policy set numberOfAuthenticationMethodsRequired 2"),
		.counted = true, .all = true, .moved = true, .people = 412, .could = 300,
		.can = 290, .lose = 10, .to_register = 12, .losers = text_of(s, "ada, bob"));
	SHOW("admin_weaker", admin_change, base, .id = STR("mail_include"),
		.setting = STR("emailOptionIncludeGroups"), .label = STR("set_mail_include"),
		.was = text_of(s, "Staff"), .value = STR("none"), .value_said = STR("value_none"),
		.verdict = STR("weaker"), .has_key = true, .counted = true, .people = 10000,
		.command = text_of(s, "rekey policy set emailOptionIncludeGroups none"));
	SHOW("admin_command", admin_change, base, .id = STR("administrators"),
		.setting = STR("administratorGroups"), .label = STR("set_administrators"),
		.was = STR("none"), .was_said = STR("value_none"), .value = text_of(s, "Admins"),
		.verdict = STR("command"),
		.command = STR("rekey policy set administratorGroups A"));
	SHOW("admin_no_key", admin_change, base, .id = STR("campaign"),
		.setting = STR("registrationCampaignState"), .label = STR("set_campaign"),
		.was = STR("off"), .was_said = STR("value_off"), .value = STR("on"),
		.value_said = STR("value_on"), .verdict = STR("page"),
		.command = STR("rekey policy set registrationCampaignState on"));
	SHOW("admin_many", admin_change, base, .id = STR("campaign"),
		.setting = STR("registrationCampaignState"), .label = STR("set_campaign"),
		.was = STR("off"), .value = STR("on"), .verdict = STR("page"), .many = true,
		.command = STR("rekey policy set registrationCampaignState on"));
	SHOW("admin_same", admin_change, base, .id = STR("campaign"),
		.setting = STR("registrationCampaignState"), .label = STR("set_campaign"),
		.was = STR("on"), .value = STR("on"), .verdict = STR("same"));
}

static void board(const struct sample *s)
{
	struct view_ideas_ideas rows[] = {
		{ STR("a1"), text_of(s, "Dark pages"),
			text_of(s, "For the night shift.\nAnd for the eyes."), STR("open"), 12,
			true, false, true, monday },
		{ STR("a2"), text_of(s, "A longer time"), text_of(s, "15 minutes are short."),
			STR("planned"), 1, false, true, true, monday },
		{ STR("a3"), text_of(s, "Texts"), text_of(s, "By SMS."), STR("declined"), 0, false,
			false, false, monday },
	};
	struct view_base base = signed_base(s);

	base.feedback = STR("/ideas");
	SHOW("ideas", ideas, base, .left = 4, .more = STR("25"), .ideas = rows, .ideas_count = 3);
	SHOW("ideas_none", ideas, base, .left = 0, .later = true);
	SHOW("idea_new", idea_new, refused(base, "idea_malformed", "words", 0),
		.heading = text_of(s, "Dark pages"), .words = text_of(s, "For the night shift."));
	administration(s);
	base = base_of(s);
	base.feedback = text_of(s, "https://ideas.kitahama.example/");
	SHOW("help_feedback", help, base, 0);
}

static void add(const struct sample *s)
{
	struct view_add_choose_kinds kinds[] = { { STR("passkey") }, { STR("totp") },
		{ STR("mail") }, { STR("recovery_code") } };
	struct view_info_prove_ways ways[] = { { STR("password") } };
	struct view_add_codes_codes codes[10];
	struct view_base base = signed_base(s);
	struct secret *key = secret_take(s->arena, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 32);

	for (size_t i = 0; i < 10; i++)
		codes[i].code = STR("7K4M2-QPXJR-9WTN3-B8VGH-0YC5D-1E");
	SHOW("info_prove", info_prove, base, .how = STR("totp"), .next = STR("/change"),
		.ways = ways, .ways_count = 1);
	SHOW("info_prove_passkey", info_prove, base, .how = STR("passkey"), .next = STR("/change"),
		.options = STR("{\"challenge\":\"AA\"}"));
	SHOW("info_prove_password", info_prove, base, .how = STR("password"),
		.next = STR("/change"));
	base.reissued = secret_take(s->arena, "TF6Q-22EC-07Y0-7EFJ-F31S-4MY7-BR", 32);
	SHOW("new_code", new_code, base, .next = STR("/security-info"));
	base.reissued = NULL;
	SHOW("add_choose", add_choose, base, .kinds = kinds, .kinds_count = 4);
	SHOW("add_mail", add_mail, base, .address = STR_NONE);
	SHOW("add_mail_refused", add_mail, refused(base, "mail_protected", "address", 0),
		.address = text_of(s, "tanaka@kitahama.example"));
	SHOW("add_mail_code", add_mail_code, base, .id = STR("a4"),
		.address = text_of(s, "taro@example.net"), .tries_left = 5);
	SHOW("add_passkey", add_passkey, base, .id = STR("a6"), .account = text_of(s, "tanaka.t"),
		.label = text_of(s, "My laptop"), .options = STR("{\"challenge\":\"AA\"}"));
	SHOW("add_totp", add_totp, base, .id = STR("a5"), .key = key,
		.account = text_of(s, "tanaka.t"), .uri = STR("otpauth://totp/x"),
		.qr = STR("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">"
			  "<path fill=\"#fff\" d=\"M0 0h9v9H0z\"/>"
			  "<path d=\"M1 1h2v2H1zM6 1h2v2H6zM1 6h2v2H1zM4 4h1v1H4zM6 "
			  "6h1v1H6z\"/></svg>"));
	SHOW("add_codes", add_codes, base, .made = monday, .codes = codes, .codes_count = 10);
	secret_drop(&key);
}

static void others(const struct sample *s)
{
	static const char *const kinds[] = { "not_found", "busy", "too_fast", "cookies",
		"not_allowed", "malformed", "method", "broken" };
	struct view_inbox_people people[] = { { text_of(s, "tanaka.t"), STR("492039"), 8 },
		{ text_of(s, "ada"), STR_NONE, 0 } };
	struct view_inbox_mails mails[] = { { text_of(s, "taro@example.net"),
		text_of(s, "Your code"), monday, text_of(s, "49203911\n\nThis is your code."),
		STR("/recover/link") } };
	struct view_base base = base_of(s);

	SHOW("not_me", not_me, base, .token = STR_NONE);
	SHOW("not_me_done", not_me_done, base, 0);
	SHOW("help", help, base, 0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		SHOW(kinds[i], problem, base, .kind = str_of(kinds[i]), .wait = 30);
	SHOW("wrong_host", wrong_host, base, .address = STR("https://reset.kitahama.example/"));
	base.demo = true;
	SHOW("inbox", inbox, base, .people = people, .people_count = 2, .mails = mails,
		.mails_count = 1);
}

void sample_all(const struct sample *s)
{
	sign_in(s);
	recover(s);
	info(s);
	add(s);
	board(s);
	others(s);
}

static struct str value_of(const struct sample *s, const struct mail_field *field)
{
	static const struct {
		const char *name, *value;
	} ordinary[] = {
		{ "organisation", "Kitahama University" },
		{ "name", "tanaka.t" },
		{ "code", "49203911" },
		{ "where", "203.0.113.0/24" },
		{ "agent", "Firefox, Windows" },
		{ "support", "7K4M-2QPX" },
		{ "help_phone", "03-5555-0199" },
		{ "kind", "totp" },
		{ "label", "My phone" },
		{ "subject_name", "tanaka.t" },
		{ "help_mail", "help@kitahama.example" },
	};

	if (field->kind == mail_number)
		return STR("10");
	if (field->kind == mail_time)
		return STR("1795424640");
	if (field->kind == mail_url)
		return STR("https://reset.kitahama.example/recover/link#49203911");
	if (s->hostile)
		return str_of(s->hostile);
	for (size_t i = 0; i < sizeof(ordinary) / sizeof(ordinary[0]); i++)
		if (str_is(field->name, ordinary[i].name))
			return str_of(ordinary[i].value);
	return STR("value");
}

size_t sample_values(const struct sample *s, const struct mail_shape *message,
	struct view_value values[sample_values_most])
{
	must_be(message->field_count <= sample_values_most);
	for (size_t i = 0; i < message->field_count; i++)
		values[i] = (struct view_value){ message->fields[i].name,
			value_of(s, &message->fields[i]) };
	return message->field_count;
}
