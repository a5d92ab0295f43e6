/* The rules: set for everybody and for groups, combined for one person, and said with whom they are
 * from. */
#include "house.h"
#include "policy/rules.h"

static err set_rule(const char *setting, const char *value, const char *group)
{
	answer = (struct answer){ 0 };
	return serve_policy_set(&ctx,
		&(struct op_policy_set){ .setting = str_of(setting),
			.value = str_of(value),
			.group = str_of(group) },
		&answer);
}

static err unset(const char *setting, const char *group)
{
	answer = (struct answer){ 0 };
	return serve_policy_unset(&ctx,
		&(struct op_policy_unset){ .setting = str_of(setting), .group = str_of(group) },
		&answer);
}

static err add_group(const char *name)
{
	answer = (struct answer){ 0 };
	return serve_group_add(&ctx, &(struct op_group_add){ .name = str_of(name) }, &answer);
}

static err join(const char *group, const char *name)
{
	answer = (struct answer){ 0 };
	return serve_group_join(&ctx,
		&(struct op_group_join){ .name = str_of(group), .person = str_of(name) }, &answer);
}

static struct rules rules(const char *name)
{
	struct rules out;

	assert_int_equal(rules_of(&ctx, name ? person(name).id : STR_NONE, &out), 0);
	return out;
}

static int open_with_people(void **state)
{
	return open_house(state) || ROW(.user_name = STR("ada")) || ROW(.user_name = STR("bob")) ||
	       add_group("staff") || add_group("sales") || join("staff", "ada") ||
	       join("sales", "ada");
}

static void what_nobody_set_is_the_default_or_the_file_s(void **state)
{
	struct rules r;

	(void)state;
	r = rules("ada");
	assert_int_equal(r.value[rule_proofs_to_reset], 2);
	assert_text(r.from[rule_proofs_to_reset], "file");
	assert_int_equal(r.value[rule_mail_on], 1);
	assert_text(r.from[rule_mail_on], "default");
	assert_int_equal(rules_to_register(&r), 2);
	assert_true(r.in_scope);
	set_conf("policy.passwordMinLength", "20");
	assert_int_equal(rules("ada").value[rule_password_min], 20);
}

static void a_value_for_everybody_stands_over_them(void **state)
{
	(void)state;
	assert_int_equal(set_rule("numberOfAuthenticationMethodsRequired", "1", NULL), 0);
	assert_int_equal(rules(NULL).value[rule_proofs_to_reset], 1);
	assert_text(rules("bob").from[rule_proofs_to_reset], "everybody");
	assert_int_equal(unset("numberOfAuthenticationMethodsRequired", NULL), 0);
	assert_int_equal(rules(NULL).value[rule_proofs_to_reset], 2);
	assert_int_equal(unset("numberOfAuthenticationMethodsRequired", NULL), reply_already);
}

static void of_several_groups_the_stricter_value_holds(void **state)
{
	struct rules r;

	(void)state;
	assert_int_equal(set_rule("numberOfAuthenticationMethodsRequired", "1", NULL), 0);
	assert_int_equal(set_rule("passwordMinLength", "18", "staff") |
				 set_rule("passwordMinLength", "24", "sales"),
		0);
	assert_int_equal(set_rule("mobileAppCodeEnabled", "on", "staff") |
				 set_rule("mobileAppCodeEnabled", "off", "sales"),
		0);
	r = rules("ada");
	assert_int_equal(r.value[rule_password_min], 24);
	assert_text(r.from[rule_password_min], "sales");
	assert_false(rules_allow(&r, method_totp));
	assert_text(r.from[rule_app_on], "sales");
	assert_true(rules_allow(&r, method_mail));
	r = rules("bob");
	assert_int_equal(r.value[rule_password_min], 15);
	assert_true(rules_allow(&r, method_totp));
}

/* Two groups of the same person: what the one says, what the other says, and what holds of it. */
static void each_rule_of_registration_combines_as_the_table_says(void **state)
{
	static const struct {
		const char *setting, *staff, *sales;
		enum rule rule;
		int64_t holds, preset;
	} rows[] = {
		{ "registrationRequiredOnSignIn", "off", "on", rule_registration_required, 1, 0 },
		{ "registrationRequiredOnSignIn", "on", "off", rule_registration_required, 1, 0 },
		{ "registrationRequiredOnSignIn", "off", "off", rule_registration_required, 0, 0 },
		{ "registrationReconfirmIntervalInDays", "0", "90", rule_reconfirm_days, 90, 180 },
		{ "registrationReconfirmIntervalInDays", "90", "0", rule_reconfirm_days, 90, 180 },
		{ "registrationReconfirmIntervalInDays", "730", "365", rule_reconfirm_days, 365,
			180 },
		{ "registrationReconfirmIntervalInDays", "0", "0", rule_reconfirm_days, 0, 180 },
		{ "skipRegistrationAllowed", "on", "off", rule_skip_allowed, 0, 1 },
		{ "skipRegistrationAllowed", "on", "on", rule_skip_allowed, 1, 1 },
		{ "skipRegistrationMaxAllowedDays", "0", "3", rule_skip_days, 3, 7 },
		{ "skipRegistrationMaxAllowedDays", "14", "3", rule_skip_days, 3, 7 },
		{ "skipRegistrationMaxAllowedCount", "5", "0", rule_skip_count, 5, 0 },
		{ "skipRegistrationMaxAllowedCount", "5", "2", rule_skip_count, 2, 0 },
		{ "multifactorAuthenticationRequired", "on", "off", rule_mfa_required, 1, 0 },
		{ "registrationCampaignState", "off", "on", rule_campaign, 1, 0 },
		{ "snoozeDurationInDays", "0", "14", rule_snooze_days, 0, 1 },
		{ "snoozeDurationInDays", "14", "3", rule_snooze_days, 3, 1 },
		{ "enforceRegistrationAfterAllowedSnoozes", "off", "on", rule_campaign_enforced, 1,
			1 },
		{ "enforceRegistrationAfterAllowedSnoozes", "off", "off", rule_campaign_enforced, 0,
			1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(rules("bob").value[rows[i].rule], rows[i].preset);
		assert_int_equal(set_rule(rows[i].setting, rows[i].staff, "staff"), 0);
		assert_int_equal(set_rule(rows[i].setting, rows[i].sales, "sales"), 0);
		if (rules("ada").value[rows[i].rule] != rows[i].holds)
			fail_msg("%s: %s and %s is %lld", rows[i].setting, rows[i].staff,
				rows[i].sales, (long long)rules("ada").value[rows[i].rule]);
		assert_int_equal(rules("bob").value[rows[i].rule], rows[i].preset);
	}
	assert_int_equal(
		set_rule("registrationReconfirmIntervalInDays", "731", NULL), reply_refused);
	assert_int_equal(set_rule("snoozeDurationInDays", "15", NULL), reply_refused);
}

static void who_registers_on_one_page(void **state)
{
	(void)state;
	assert_true(rules("ada").combined && rules("bob").combined);
	assert_int_equal(set_rule("combinedRegistration", "selected", NULL), 0);
	assert_false(rules("ada").combined || rules("bob").combined);
	assert_int_equal(set_rule("combinedRegistrationGroups", "staff", NULL), 0);
	assert_true(rules("ada").combined);
	assert_false(rules("bob").combined);
	/* the one scope says nothing of the other */
	assert_int_equal(set_rule("enablementType", "selected", NULL), 0);
	assert_false(rules("ada").in_scope);
	assert_int_equal(set_rule("passwordResetEnabledGroups", "sales", NULL), 0);
	assert_true(rules("ada").in_scope);
	assert_int_equal(set_rule("combinedRegistration", "none", NULL), 0);
	assert_false(rules("ada").combined);
	assert_int_equal(set_rule("combinedRegistration", "on", NULL), reply_refused);
	assert_int_equal(set_rule("combinedRegistration", "all", "staff"), reply_refused);
}

static void a_group_s_value_stands_over_that_of_everybody_either_way(void **state)
{
	(void)state;
	assert_int_equal(set_rule("recoveryCodesEnabled", "off", NULL) |
				 set_rule("recoveryCodesEnabled", "on", "staff"),
		0);
	assert_int_equal(rules("ada").value[rule_codes_on], 1);
	assert_int_equal(rules("bob").value[rule_codes_on], 0);
	assert_int_equal(rules("ada").proofs_shown, 2);
	assert_int_equal(set_rule("numberOfAuthenticationMethodsRequired", "1", "staff"), 0);
	assert_int_equal(rules("ada").value[rule_proofs_to_reset], 1);
	assert_int_equal(
		rules("ada").proofs_shown, 2); /* what is shown before a proof is everybody's */
}

static void rules_of_a_group_around_hold_for_whoever_is_within(void **state)
{
	(void)state;
	assert_int_equal(add_group("company"), 0);
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_group_join(&ctx,
			&(struct op_group_join){ .name = STR("company"), .group = STR("staff") },
			&answer),
		0);
	assert_int_equal(set_rule("passwordMinLength", "30", "company"), 0);
	assert_int_equal(rules("ada").value[rule_password_min], 30);
	assert_int_equal(rules("bob").value[rule_password_min], 15);
}

static void who_may_reset(void **state)
{
	(void)state;
	assert_int_equal(set_rule("enablementType", "none", NULL), 0);
	assert_false(rules("ada").in_scope);
	assert_int_equal(set_rule("enablementType", "selected", NULL), 0);
	assert_false(rules("ada").in_scope);
	assert_int_equal(set_rule("passwordResetEnabledGroups", "Sales, staff", NULL), 0);
	assert_true(rules("ada").in_scope);
	assert_text(rules("ada").scope_from, "sales");
	assert_false(rules("bob").in_scope);
	assert_false(rules(NULL).in_scope);
	assert_int_equal(set_rule("excludedGroups", "staff", NULL), 0);
	assert_false(rules("ada").in_scope);
	assert_text(rules("ada").scope_from, "staff");
	assert_int_equal(set_rule("enablementType", "all", NULL), 0);
	assert_true(rules("bob").in_scope);
	assert_false(rules("ada").in_scope);
	assert_int_equal(set_rule("excludedGroups", "none", NULL), 0);
	assert_true(rules("ada").in_scope);
}

static void what_is_no_value_is_refused_with_what_is(void **state)
{
	static const struct {
		const char *setting, *value, *group, *words;
	} rows[] = {
		{ "numberOfAuthenticationMethodsRequired", "3", NULL, "policy_number" },
		{ "numberOfAuthenticationMethodsRequired", "two", NULL, "policy_number" },
		{ "emailOptionEnabled", "yes", NULL, "policy_flag" },
		{ "enablementType", "some", NULL, "policy_who" },
		{ "enablementType", "all", "staff", "policy_site_only" },
		{ "excludedGroups", "staff", "staff", "policy_site_only" },
		{ "excludedGroups", "staff, nowhere", NULL, "policy_groups" },
		{ "excludedGroups", "staff, staff", NULL, "policy_groups" },
		{ "excludedGroups", "staff,", NULL, "policy_groups" },
		{ "noSuchThing", "1", NULL, "policy_setting" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (set_rule(rows[i].setting, rows[i].value, rows[i].group) != reply_refused)
			fail_msg("%s %s was taken", rows[i].setting, rows[i].value);
		assert_text(answer.words, rows[i].words);
	}
	assert_int_equal(set_rule("passwordMinLength", "20", "nowhere"), reply_not_found);
	assert_true(rules("ada").in_scope);
}

static void nobody_is_left_without_a_way(void **state)
{
	(void)state;
	assert_int_equal(set_rule("emailOptionEnabled", "off", NULL), 0);
	assert_int_equal(set_rule("mobileAppCodeEnabled", "off", NULL), reply_refused);
	assert_text(answer.words, "policy_no_way");
	assert_int_equal(set_rule("mobileAppCodeEnabled", "off", "staff"), reply_refused);
	assert_int_equal(set_rule("numberOfAuthenticationMethodsRequired", "1", NULL), 0);
	assert_int_equal(set_rule("mobileAppCodeEnabled", "off", NULL), 0);
	assert_int_equal(
		set_rule("numberOfAuthenticationMethodsRequired", "2", NULL), reply_refused);
}

static void all_see_the_ways_that_any_may_have(void **state)
{
	bool allowed[method_kind_count];

	(void)state;
	assert_int_equal(set_rule("mobileAppCodeEnabled", "off", NULL), 0);
	assert_int_equal(rules_shown(&ctx, allowed), 0);
	assert_false(allowed[method_totp]);
	assert_int_equal(set_rule("mobileAppCodeEnabled", "on", "staff"), 0);
	assert_int_equal(rules_shown(&ctx, allowed), 0);
	assert_true(allowed[method_totp] && allowed[method_mail] && allowed[method_recovery_code]);
}

/* The row of a setting in the last list. */
static const struct rec_policy_row *row(const char *setting)
{
	const struct rec_policy_row *rows = answer.items;

	for (size_t i = 0; i < answer.item_count; i++)
		if (str_is(rows[i].setting, setting))
			return &rows[i];
	return NULL;
}

static void it_is_explained_which_group_gave_what(void **state)
{
	const struct rec_policy_person *who;

	(void)state;
	assert_int_equal(set_rule("passwordMinLength", "24", "sales") |
				 set_rule("excludedGroups", "staff", NULL),
		0);
	answer = (struct answer){ 0 };
	assert_int_equal(serve_policy_explain(
				 &ctx, &(struct op_policy_explain){ .name = STR("ada") }, &answer),
		0);
	who = answer.record;
	assert_text(who->may_reset, "no");
	assert_true(
		str_find(who->why, STR("staff, which is one of excludedGroups")) < who->why.length);
	assert_text(row("passwordMinLength")->value, "24");
	assert_text(row("passwordMinLength")->from, "sales");
	assert_null(row("enablementType"));
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_policy_show(&ctx, &(struct op_policy_show){ .group = STR("") }, &answer), 0);
	assert_text(row("enablementType")->value, "all");
	assert_text(row("excludedGroups")->value, "staff");
	assert_text(row("passwordMinLength")->value, "15");
	assert_text(row("lockoutThreshold")->from, "file");
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_policy_show(&ctx, &(struct op_policy_show){ .group = STR("Sales") }, &answer),
		0);
	assert_text(row("passwordMinLength")->from, "sales");
	assert_null(row("lockoutThreshold"));
}

static void what_stands_in_the_file_is_shown_too_once(void **state)
{
	(void)state;
	set_conf("policy.organisationWords", "contoso, fabrikam");
	answer = (struct answer){ 0 };
	assert_int_equal(serve_policy_show(&ctx, &(struct op_policy_show){ 0 }, &answer), 0);
	for (size_t i = 0; i < conf_row_count; i++) {
		bool ours = strcmp(conf_rows[i].section, "policy") == 0 ||
			    strcmp(conf_rows[i].section, "lockout") == 0;
		const struct rec_policy_row *shown = row(conf_rows[i].key);

		if (ours != (shown != NULL))
			fail_msg("%s: %s", conf_rows[i].key, ours ? "is not there" : "is there");
		if (ours && !str_same(shown->value, conf_value(settings, i)))
			fail_msg("%s: %.*s", conf_rows[i].key, STR_ARG(shown->value));
	}
	assert_text(row("organisationWords")->from, "file");
	assert_text(row("passwordMinLength")->from, "file");
}

static void each_change_is_in_the_log_with_both_values(void **state)
{
	const struct op_audit_list in = { .event = STR("policy") };
	const struct rec_audit_row *rows;

	(void)state;
	assert_int_equal(set_rule("passwordMinLength", "24", "sales") |
				 set_rule("excludedGroups", "staff", NULL),
		0);
	answer = (struct answer){ 0 };
	assert_int_equal(serve_audit_list(&ctx, &in, &answer), 0);
	assert_int_equal(answer.item_count, 2);
	rows = answer.items;
	for (size_t i = 0; i < 2; i++)
		assert_true(str_is(rows[i].note, "passwordMinLength (sales): 15 -> 24") ||
			    str_is(rows[i].note, "excludedGroups: none -> staff"));
}

static void an_administrator_is_told_from_others_and_why(void **state)
{
	const struct rec_policy_person *who;

	(void)state;
	assert_int_equal(set_rule("numberOfAuthenticationMethodsRequired", "1", NULL), 0);
	assert_int_equal(set_rule("administratorGroups", "staff", NULL), 0);
	assert_int_equal(rules("ada").value[rule_proofs_to_reset], 2);
	assert_text(rules("ada").from[rule_proofs_to_reset], "administratorGroups");
	assert_int_equal(rules("ada").proofs_shown, 1);
	assert_int_equal(rules("bob").value[rule_proofs_to_reset], 1);
	assert_true(rules("ada").in_scope);
	assert_int_equal(set_rule("allowedToUseSSPR", "off", NULL), 0);
	assert_true(rules("bob").in_scope);
	assert_false(rules("ada").in_scope);
	answer = (struct answer){ 0 };
	assert_int_equal(serve_policy_explain(
				 &ctx, &(struct op_policy_explain){ .name = STR("ada") }, &answer),
		0);
	who = answer.record;
	assert_text(who->may_reset, "no");
	assert_text(who->why, "The person is in the group staff, which is one of "
			      "administratorGroups, and allowedToUseSSPR is off.");
	assert_text(row("administratorGroups")->value, "staff");
	assert_null(row("excludedGroups"));
	assert_int_equal(set_rule("excludedGroups", "sales", NULL), 0);
	assert_text(rules("ada").scope_from, "sales");
	assert_int_equal(set_rule("allowedToUseSSPR", "off", "staff"), reply_refused);
}

static void a_way_is_for_those_groups_that_are_included_and_not_excluded(void **state)
{
	struct rules r;

	(void)state;
	assert_int_equal(set_rule("emailOptionIncludeGroups", "sales", NULL), 0);
	r = rules("ada");
	assert_true(rules_allow(&r, method_mail));
	r = rules("bob");
	assert_false(rules_allow(&r, method_mail));
	assert_text(r.from[rule_mail_on], "emailOptionIncludeGroups");
	assert_int_equal(set_rule("emailOptionExcludeGroups", "staff", NULL), 0);
	r = rules("ada");
	assert_false(rules_allow(&r, method_mail));
	assert_text(r.from[rule_mail_on], "emailOptionExcludeGroups");
	/* What is shown to all before a proof, and what is set for all, does not change. */
	r = rules(NULL);
	assert_true(rules_allow(&r, method_mail));
}

static struct place place_at(const char *address)
{
	struct place out;

	asker.address = str_of(address);
	assert_int_equal(place_of(&ctx, &out), 0);
	return out;
}

static void networks_say_from_where_a_reset_may_come_and_what_is_a_kiosk(void **state)
{
	(void)state;
	assert_false(place_at("192.0.2.7").elsewhere || place_at("").elsewhere ||
		     place_at("192.0.2.7").kiosk);
	assert_int_equal(set_rule("resetNetworks", "10.0.0.0/8, 2001:db8::/32,192.0.2.7", NULL), 0);
	assert_int_equal(set_rule("kioskNetworks", "10.3.0.0/16", NULL), 0);
	assert_false(place_at("10.1.2.3").elsewhere || place_at("2001:db8::5").elsewhere ||
		     place_at("192.0.2.7").elsewhere);
	/* Whoever comes from nowhere that is known comes from elsewhere. */
	assert_true(place_at("192.0.2.8").elsewhere && place_at("2001:db9::1").elsewhere &&
		    place_at("").elsewhere);
	assert_true(
		place_at("10.3.9.9").kiosk && !place_at("10.4.0.1").kiosk && !place_at("").kiosk);
	answer = (struct answer){ 0 };
	assert_int_equal(serve_policy_show(&ctx, &(struct op_policy_show){ 0 }, &answer), 0);
	assert_text(row("kioskNetworks")->value, "10.3.0.0/16");
	assert_text(row("kioskNetworks")->from, "everybody");
	assert_int_equal(unset("resetNetworks", NULL) | set_rule("kioskNetworks", "none", NULL), 0);
	assert_false(place_at("192.0.2.8").elsewhere || place_at("10.3.9.9").kiosk);
	assert_int_equal(set_rule("resetNetworks", "10.0.0.1/8", NULL), reply_refused);
	assert_text(answer.words, "policy_networks");
	assert_int_equal(set_rule("resetNetworks", "10.0.0.0/8,", NULL), reply_refused);
	assert_int_equal(set_rule("resetNetworks", "10.0.0.0/8", "staff"), reply_refused);
	assert_text(answer.words, "policy_site_only");
}

static struct rec_brand brand(void)
{
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_brand_show(&ctx, &(struct op_brand_show){ .language = STR("en") }, &answer),
		0);
	return *(struct rec_brand *)answer.record;
}

static void where_help_is_is_said_once_it_is_turned_on(void **state)
{
	(void)state;
	set_conf("mail.helpDeskMail", "desk@work.example");
	assert_int_equal(set_rule("customHelpdeskEmailOrUrl", "care@work.example", NULL), 0);
	assert_text(brand().help_mail, "desk@work.example");
	assert_int_equal(set_rule("customizeHelpdeskLink", "on", NULL), 0);
	assert_text(brand().help_mail, "care@work.example");
	assert_int_equal(
		set_rule("customHelpdeskEmailOrUrl", "https://care.example/a?b=c", NULL), 0);
	assert_text(brand().help_mail, "");
	assert_text(brand().help_url, "https://care.example/a?b=c");
	assert_int_equal(
		set_rule("customHelpdeskEmailOrUrl", "http://care.example/", NULL), reply_refused);
	assert_text(answer.words, "policy_contact");
	assert_int_equal(set_rule("customHelpdeskEmailOrUrl", "https://care.example/\"x", NULL),
		reply_refused);
	assert_int_equal(set_rule("customHelpdeskEmailOrUrl", "https://", NULL), reply_refused);
	assert_int_equal(unset("customHelpdeskEmailOrUrl", NULL), 0);
	assert_text(brand().help_mail, "desk@work.example");
	assert_text(brand().help_url, "");
}

static const char *problems(void)
{
	static char text[600];
	struct buf b = buf_on(text, sizeof(text) - 1);
	const struct rec_check *rows;

	answer = (struct answer){ 0 };
	assert_int_equal(serve_policy_check(&ctx, &(struct op_policy_check){ 0 }, &answer), 0);
	rows = answer.items;
	for (size_t i = 0; i < answer.item_count; i++)
		buf_print(&b, "%.*s ", STR_ARG(rows[i].what));
	text[b.length] = 0;
	return text;
}

static void what_keeps_everybody_out_is_found(void **state)
{
	(void)state;
	assert_string_equal(problems(), "policy ");
	assert_int_equal(set_rule("enablementType", "selected", NULL), 0);
	assert_string_equal(problems(), "passwordResetEnabledGroups ");
	assert_int_equal(set_rule("enablementType", "none", NULL), 0);
	assert_string_equal(problems(), "enablementType ");
	assert_int_equal(set_rule("enablementType", "all", NULL) |
				 set_rule("passwordResetEnabledGroups", "staff", NULL),
		0);
	assert_string_equal(problems(), "passwordResetEnabledGroups ");
	assert_int_equal(unset("passwordResetEnabledGroups", NULL) |
				 set_rule("numberOfAuthenticationMethodsRequired", "1", NULL),
		0);
	assert_string_equal(problems(), "numberOfAuthenticationMethodsRequired ");
}

static void groups_and_pairs_of_groups_that_no_way_is_left_for_are_found(void **state)
{
	const struct rec_check *found;

	(void)state;
	assert_int_equal(set_rule("emailOptionEnabled", "off", "staff"), 0);
	assert_string_equal(problems(), "policy ");
	/* Each alone has two ways; whoever is in both has one. */
	assert_int_equal(set_rule("mobileAppCodeEnabled", "off", "sales"), 0);
	assert_string_equal(problems(), "methods ");
	found = answer.items;
	assert_text(found->state, "bad");
	assert_text(found->words,
		"Fewer ways are on than a reset needs, for whoever is in sales and in staff.");
	/* Whoever may not reset at all misses none. */
	assert_int_equal(set_rule("excludedGroups", "sales", NULL), 0);
	assert_string_equal(problems(), "policy ");
	assert_int_equal(unset("excludedGroups", NULL) |
				 set_rule("recoveryCodesExcludeGroups", "staff", NULL),
		0);
	assert_string_equal(problems(), "methods ");
	found = answer.items;
	assert_text(found->words, "Fewer ways are on than a reset needs, for whoever is in staff.");
	/* An administrator needs two where others need one. */
	assert_int_equal(
		unset("emailOptionEnabled", "staff") | unset("recoveryCodesExcludeGroups", NULL),
		0);
	assert_int_equal(set_rule("numberOfAuthenticationMethodsRequired", "1", NULL), 0);
	assert_int_equal(set_rule("emailOptionEnabled", "off", "sales"), 0);
	assert_string_equal(problems(), "numberOfAuthenticationMethodsRequired ");
	assert_int_equal(set_rule("administratorGroups", "sales", NULL), 0);
	assert_string_equal(problems(), "methods numberOfAuthenticationMethodsRequired ");
	/* The group around counts for whoever is within. */
	assert_int_equal(add_group("company"), 0);
	answer = (struct answer){ 0 };
	assert_int_equal(
		serve_group_join(&ctx,
			&(struct op_group_join){ .name = STR("company"), .group = STR("sales") },
			&answer),
		0);
	assert_int_equal(set_rule("administratorGroups", "company", NULL), 0);
	assert_string_equal(problems(), "methods numberOfAuthenticationMethodsRequired ");
}

static bool problem_found(const char *what)
{
	answer = (struct answer){ 0 };
	assert_int_equal(serve_policy_check(&ctx, &(struct op_policy_check){ 0 }, &answer), 0);
	for (size_t i = 0; i < answer.item_count; i++)
		if (str_is(((const struct rec_check *)answer.items)[i].what, what))
			return true;
	return false;
}

static void what_is_asked_at_sign_in_and_could_not_be_done_is_found(void **state)
{
	(void)state;
	assert_int_equal(set_rule("registrationRequiredOnSignIn", "on", NULL), 0);
	assert_int_equal(set_rule("multifactorAuthenticationRequired", "on", NULL), 0);
	assert_true(problem_found("policy"));
	assert_int_equal(set_rule("numberOfMethodsToRegister", "3", NULL), 0);
	assert_true(problem_found("policy"));
	assert_int_equal(set_rule("recoveryCodesEnabled", "off", NULL), 0);
	assert_true(problem_found("numberOfMethodsToRegister"));
	assert_false(problem_found("multifactorAuthenticationRequired"));
	assert_int_equal(set_rule("numberOfAuthenticationMethodsRequired", "1", NULL), 0);
	assert_int_equal(set_rule("mobileAppCodeEnabled", "off", NULL), 0);
	assert_true(problem_found("multifactorAuthenticationRequired"));
	assert_int_equal(set_rule("enablementType", "none", NULL), 0);
	assert_true(problem_found("registrationRequiredOnSignIn"));
	assert_int_equal(set_rule("combinedRegistration", "selected", NULL), 0);
	assert_true(problem_found("combinedRegistrationGroups"));
}

static void a_profile_is_what_holds_where_nothing_is_set(void **state)
{
	(void)state;
	assert_int_equal(set_rule("profile", "lax", NULL), reply_refused);
	assert_text(answer.words, "policy_profile");
	assert_int_equal(set_rule("profile", "entra", NULL), 0);
	assert_true(problem_found("numberOfAuthenticationMethodsRequired"));
	assert_false(problem_found("skipRegistrationMaxAllowedDays"));
	assert_int_equal(set_rule("registrationRequiredOnSignIn", "on", NULL), 0);
	assert_true(problem_found("skipRegistrationMaxAllowedDays"));
	assert_int_equal(set_rule("profile", "hardened", "sales"), 0);
	answer = (struct answer){ 0 };
	assert_int_equal(serve_policy_explain(
				 &ctx, &(struct op_policy_explain){ .name = STR("bob") }, &answer),
		0);
	assert_text(row("profile")->value, "entra");
	assert_text(row("numberOfAuthenticationMethodsRequired")->value, "1");
	assert_text(row("numberOfAuthenticationMethodsRequired")->from, "profile");
	assert_text(row("recoveryCodesEnabled")->value, "off");
	answer = (struct answer){ 0 };
	assert_int_equal(serve_policy_explain(
				 &ctx, &(struct op_policy_explain){ .name = STR("ada") }, &answer),
		0);
	assert_text(row("profile")->from, "sales");
	assert_text(row("numberOfAuthenticationMethodsRequired")->value, "2");
	assert_text(row("numberOfAuthenticationMethodsRequired")->from, "default");
	/* What is set stays set. */
	assert_int_equal(set_rule("recoveryCodesEnabled", "on", NULL) |
				 set_rule("profile", "hardened", NULL) |
				 set_rule("profile", "entra", NULL),
		0);
	assert_int_equal(rules("bob").value[rule_codes_on], 1);
	/* The profile alone may not leave fewer ways than it asks for either. */
	assert_int_equal(set_rule("emailOptionEnabled", "off", NULL) |
				 unset("recoveryCodesEnabled", NULL) |
				 set_rule("profile", "hardened", NULL) |
				 set_rule("passkeysEnabled", "off", NULL),
		0);
	assert_int_equal(set_rule("mobileAppCodeEnabled", "off", NULL), reply_refused);
	assert_int_equal(set_rule("numberOfAuthenticationMethodsRequired", "2", NULL), 0);
	assert_int_equal(set_rule("profile", "entra", NULL), reply_refused);
	assert_text(answer.words, "policy_no_way");
	assert_int_equal(unset("profile", NULL), 0);
	assert_int_equal(unset("profile", NULL), reply_already);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_with_people, close_house)
	const struct CMUnitTest tests[] = {
		TEST(what_nobody_set_is_the_default_or_the_file_s),
		TEST(a_value_for_everybody_stands_over_them),
		TEST(of_several_groups_the_stricter_value_holds),
		TEST(each_rule_of_registration_combines_as_the_table_says),
		TEST(who_registers_on_one_page),
		TEST(what_is_asked_at_sign_in_and_could_not_be_done_is_found),
		TEST(a_group_s_value_stands_over_that_of_everybody_either_way),
		TEST(rules_of_a_group_around_hold_for_whoever_is_within),
		TEST(who_may_reset),
		TEST(what_is_no_value_is_refused_with_what_is),
		TEST(nobody_is_left_without_a_way),
		TEST(all_see_the_ways_that_any_may_have),
		TEST(a_profile_is_what_holds_where_nothing_is_set),
		TEST(it_is_explained_which_group_gave_what),
		TEST(what_stands_in_the_file_is_shown_too_once),
		TEST(each_change_is_in_the_log_with_both_values),
		TEST(an_administrator_is_told_from_others_and_why),
		TEST(a_way_is_for_those_groups_that_are_included_and_not_excluded),
		TEST(networks_say_from_where_a_reset_may_come_and_what_is_a_kiosk),
		TEST(where_help_is_is_said_once_it_is_turned_on),
		TEST(what_keeps_everybody_out_is_found),
		TEST(groups_and_pairs_of_groups_that_no_way_is_left_for_are_found),
	};

	must_be(secrets_open(64));
	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
