/* What applications are told about a person. */
#include "spec/claims.h"

void claims_add(struct json *j, const struct rec_oidc_person *p)
{
	json_text(j, "preferred_username", p->preferred_username);
	json_text(j, "name", p->name);
	json_text(j, "given_name", p->given_name);
	json_text(j, "family_name", p->family_name);
	json_text(j, "locale", p->locale);
	json_text(j, "email", p->email);
	if (p->email.length)
		json_flag(j, "email_verified", true);
}

void claims_add_groups(struct json *j, const struct rec_group_name *groups, size_t count)
{
	json_open(j, "groups", '[');
	for (size_t i = 0; i < count; i++)
		json_text(j, NULL, groups[i].name);
	json_close(j, ']');
}
