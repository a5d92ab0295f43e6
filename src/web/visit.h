/* One request on its way: what came, what is asked of the keeper, what goes back. */
#ifndef WEB_VISIT_H
#define WEB_VISIT_H

#include "web/inside.h"

#include <microhttpd.h>
#include <stdatomic.h>

struct visit;
typedef void step(struct visit *v);

/* ---- what goes back ---- */

enum cache {
	cache_never,     /* pages: no-store */
	cache_minute,    /* brand.css, logo: may change by a reload */
	cache_half_hour, /* public keys: a new one signs after twice this */
	cache_forever    /* files with a hash in their name */
};

/* What an application is told of a person. */
enum remote { remote_user, remote_name, remote_email, remote_groups, remote_count };

struct response {
	int status; /* HTTP; 0: there is none yet */
	const char *type;
	enum cache cache;
	struct str body; /* in the visit's arena, or for ever */
	struct str location, etag;
	struct str cookies[cookie_count]; /* to be set; the last word on each counts */
	int64_t retry_seconds;
	const char *refresh;             /* the Refresh field, or NULL */
	bool clear_site;                 /* signed out: Clear-Site-Data */
	const char *allow;               /* 405: the Allow field, or NULL */
	const char *authenticate;        /* 401: the WWW-Authenticate field, or NULL */
	bool picture;                    /* not a page: its own, stricter policy */
	bool document;                   /* a page with its own style, without scripts or forms */
	bool for_site;                   /* at an application's host, or for its proxy: no page */
	struct str form_to;              /* the application's host that the page's form goes to */
	struct str remote[remote_count]; /* each with a NUL behind */
};

/* Why a page is shown again, or why there is only this one. */
struct problem {
	int reply; /* enum reply; 0: none */
	struct str field, words, support;
	int64_t number, wait_seconds;
};

/* What a form may hold besides the fields of its operation. `username` is there for password
 * managers alone. */
enum pair_name {
	pair_csrf,
	pair_next,
	pair_path,
	pair_language,
	pair_username,
	pair_attestation,
	pair_count
};

struct visit {
	struct web *web;
	struct MHD_Connection *connection;
	struct visit *next_free;
	struct ctx c;
	struct head head;
	enum verb verb;
	char *body;
	size_t body_length, body_have;
	const struct route *route;
	struct request request;
	struct cookies cookies;                   /* as they will be when the answer is there */
	struct str language;                      /* "en" or "ja" */
	struct str username, id, kind, how, next; /* of the query, judged; id also of the form */
	struct str to;         /* of the query, or of its cookie: the keeper judges it */
	struct forwarded site; /* of a request about an application */
	struct pair pairs[pair_count];
	void *in; /* the op struct that the form filled, or NULL */
	struct op_info_pending pending;
	struct op_idea_list ideas;
	struct op_admin_weigh weigh;
	struct op_brand_show brand;
	struct op_oidc_resume resume;
	struct op_oidc_leave leave;
	struct ask ask;
	struct answer first; /* of a page that asks twice */
	step *then;          /* what to do with the answer; NULL: nothing is asked */
	step *after_brand;
	struct problem problem;
	bool did_tries; /* the flow was shut by wrong codes */
	struct response out;
};

void visit_ask(struct visit *v, enum operation_id id, const void *in, step *then);

/* ---- the program ---- */

enum { languages = 2 };

/* What the keeper says of the organisation; kept for some seconds. MHD thread only. */
struct brand {
	struct arena *arena;
	struct rec_brand rec; /* texts in its arena */
	int64_t asked_us, read_us;
};

/* MHD thread only. */
struct pool {
	struct visit *all;
	size_t made;        /* of `all`, how many were ever used */
	struct visit *kept; /* free, with their memory */
	struct visit *bare; /* free, without */
	size_t kept_count;
};

struct web {
	struct conf *conf; /* MHD thread only, once it runs */
	_Atomic(struct conf *) next_conf;
	struct site site;
	struct keeper *keeper;
	struct MHD_Daemon *daemon;
	int listener;
	atomic_int open_visits;
	struct pool pool;
	struct brand brand[languages];
	struct rec_brand plain; /* what stands in while the keeper was never reached */
	char *page;             /* where pages are rendered before their length is known */
	struct peers *peers;
	struct trust *makers;             /* of authenticators; NULL: none is known */
	int64_t refused, refused_told_us; /* since the log was told; when it was */
};

/* ---- pool.c ---- */

must_use err pool_open(struct ctx *c, struct pool *pool);
struct visit *visit_take(struct web *web, struct MHD_Connection *connection); /* NULL: none free */
void visit_drop(struct visit *v); /* wipes all that it held */

/* ---- listener.c ---- */

must_use err listener_open(struct ctx *c, struct web *web);
/* Takes no more connections; waits at most `seconds` for open visits. */
void listener_drain(struct web *web, int seconds);

/* ---- arrive.c ---- */

void web_configure(struct web *web); /* takes over new settings, if there are any */
/* Of a request that passes by the protections, or tries to (ASVS 5.0 16.3.3). words: of the
 * catalogue. */
void refusal_note(struct web *web, int status, const char *words);
/* Reads the head. v->out is set when the request is refused; else v->route is. */
void visit_arrive(struct visit *v, const char *path, const char *method);

/* ---- peer.c: connections, and until when each must have got on ---- */

struct peers;
struct peer;
must_use err peers_open(struct ctx *c, struct peers **out);
struct peer *peer_come(struct peers *peers, int fd); /* NULL: too many */
void peer_go(struct peers *peers, struct peer *peer);
void peer_until(struct peer *peer, int seconds); /* from now; 0: no end */
void peers_hurry(struct peers *peers);           /* shuts those that are late */

/* ---- respond.c ---- */

must_use enum MHD_Result respond(struct visit *v);
void set_cookie(struct visit *v, enum cookie cookie, struct str value);
void set_token(struct visit *v, enum cookie cookie, const struct secret *token);

/* ---- passkey.c ---- */

/* The fields of v->in that come from the attestation. False: the form holds none. */
bool passkey_flatten(struct visit *v);

/* ---- route.c ---- */

enum page {
	page_none,
	page_signin,
	page_signin_pass,
	page_signin_flow,
	page_recover,
	page_recover_flow,
	page_work,
	page_info,
	page_info_add,
	page_info_pending,
	page_info_rename,
	page_info_delete,
	page_info_replace,
	page_info_prove,
	page_info_vouch,
	page_wizard,
	page_wizard_add,
	page_wizard_pending,
	page_mfa_setup,
	page_reset_setup,
	page_new_code,
	page_change,
	page_not_me,
	page_not_me_done,
	page_help,
	page_signed_out,
	page_ideas,
	page_idea_new,
	page_admin,
	page_admin_setting,
	page_admin_change,
	page_reports,
	page_finished,
	page_inbox,
	page_problem,
	page_wrong_host,
	page_application, /* an application's request that cannot be answered, and why */
	page_leave,
	page_site,
	page_site_no,
	page_count
};

enum {
	route_bare = 1,    /* for machines: any Host, no page */
	route_session = 2, /* for a person signed in */
	route_next = 4,    /* sign-in and a new proof may lead back here */
	route_with_id = 8, /* means nothing without ?id= */
	route_sign_out = 16,
	route_fresh = 32,   /* the page is of no use before a new proof */
	route_program = 64, /* a POST may come from elsewhere */
	route_site = 128, /* about an application, at its host or from its proxy: no page of ours */
	route_hidden = 256 /* whatever is refused there, is answered as where nothing is */
};

struct route {
	const char *path;
	step *serve;
	enum verb verb;        /* GET stands for HEAD too */
	enum page page;        /* of a POST: what is shown again when it is refused */
	enum operation_id ask; /* of a POST */
	unsigned flags;
	const char *after; /* of a POST: where it leads when done; NULL: the reply says it */
	const char *did;   /* of a POST: what the next page says was done; NULL: nothing */
};

/* Exactly this path, byte by byte: nothing is decoded or joined. *known: the path exists for
 * another verb. */
const struct route *route_find(struct str path, enum verb verb, bool *known);
/* The verbs of a path, as the Allow field lists them (RFC 9110 10.2.1). */
const char *route_allows(struct str path);
/* One of our own pages, with at most an id or a kind behind it: where sign-in (next_only), or a
 * change of language, may lead. */
bool route_is_own(struct str address, bool next_only);

/* ---- serve.c, post.c, file.c: what routes do ---- */

step serve_home, serve_page, serve_flow, serve_onward;
/* 200 and on by itself: what comes next is asked by a page of ours, whose cookies come along, and
 * is no part of a form's way, which may lead to our own pages alone (CSP form-action). to: judged
 * by whoever calls. */
void go_onward(struct visit *v, struct str to);
step serve_post, serve_language, serve_finish;
step serve_inbox;                               /* inbox.c */
step serve_report;                              /* page_report.c */
step serve_admin, serve_to_weigh, serve_signed; /* page_admin.c */
step serve_authorize, serve_resume, serve_return, serve_leave, serve_leave_post,
	serve_logout;                                          /* oidc.c */
step serve_token, serve_userinfo, serve_jwks, serve_discovery; /* oidc_program.c */
/* page_wizard.c. wizard_asked: the answer of interrupt_show is there; wizard_refused: a code was
 * wrong */
step serve_wizard_pending, serve_to_wizard, wizard_asked, wizard_refused;
step serve_file, serve_brand_css, serve_logo, serve_to_change, serve_no_such, serve_security_txt,
	serve_health, serve_ready;
step serve_passkey_options, serve_passkey_endpoints; /* passkey.c */

step serve_verify, serve_forward, serve_enter, serve_leave_site, serve_to_site; /* site.c */

void redirect(struct visit *v, struct str location);
/* RFC 3986 2.1, for a value in a query. */
void add_in_query(struct buf *out, struct str value);
/* Sends who has no session to sign in, and then back to this page. True: it is answered. */
bool sign_in_first(struct visit *v);
void prove_first(struct visit *v); /* to a new proof, and then back to this page */
void refuse_visit(struct visit *v, int status, const char *words);
/* The form of the route's operation into v->in and v->pairs. False: refused, and answered or asked
 * already. */
bool take_form(struct visit *v);
/* The same in a line of text, where no page of ours can be shown. */
void refuse_site(struct visit *v, int status, const char *words);
/* May it come in? Only from proxies that are trusted; v->site is set. */
struct refusal guard_site(struct visit *v, bool trusted);
void ask_for_page(struct visit *v, step *then); /* what the route's page needs */
/* Sees to what every answer may be: cookies, faults, busy, no session, no fresh proof. True: the
 * visit is answered. */
bool settle(struct visit *v);
struct view_base;
void say_problem(struct visit *v); /* v->problem from a refusal */
void ask_again(struct visit *v);   /* the route's page again, with the problem */
/* "That code didn't work" in the words that fit the way: a code from an app cannot be sent anew. */
struct str words_for(struct str words, struct str method);
bool is_flow(enum page page);
/* "The new way is ready to use" is said another way of one that does not count yet. */
void say_late(const struct visit *v, struct view_base *base);
/* Of the methods in the answer, the one with this id, or NULL. */
const struct rec_method_row *method_row(const struct visit *v, struct str id);
void go_to_flow(struct visit *v, struct str word); /* 303 to the page of this family's flow */
/* Who said on the way in not to have something any more is told where it is replaced, where sign-in
 * leads to the page that does it. */
void note_lost(struct visit *v);
struct str place_after_signin(struct visit *v); /* the page first asked for, once */
/* The recovery code that takes the place of the one just used, or NULL. */
const struct secret *new_code(const struct visit *v);

/* ---- page.c, page_flow.c, page_info.c: v->ask.answer and v->in to a page ---- */

/* What a page needs from the keeper; operation_count: nothing. */
enum operation_id page_asks(enum page page);
const char *page_path(enum page page); /* NULL: it has none of its own */
void show(struct visit *v, enum page page, int status);
struct str here(struct visit *v); /* this page's address, as far as a link may lead back to it */
struct str typed(const struct visit *v, const char *field); /* what the form said; not secrets */
struct secret *typed_secret(const struct visit *v, const char *field);

typedef void render(struct visit *v, struct view_base *base, struct buf *out);
render render_recover, render_recover_flow, render_work, render_signin, render_signin_pass,
	render_signin_flow;
render render_inbox;                                            /* inbox.c */
render render_ideas, render_idea_new;                           /* page_idea.c */
render render_reports;                                          /* page_report.c */
render render_admin, render_admin_setting, render_admin_change; /* page_admin.c */
render render_application, render_leave;                        /* oidc.c */
render render_site, render_site_no;                             /* site.c */
render render_wizard, render_info_vouch, render_wizard_add, render_wizard_pending, render_mfa_setup,
	render_reset_setup; /* page_wizard.c */
render render_info, render_info_add, render_info_pending, render_info_rename, render_info_delete,
	render_info_replace, render_info_prove, render_new_code, render_change;

void qr_draw(struct visit *v, struct str text, struct str *svg); /* qr.c; STR_NONE if it cannot */

/* ---- brand.c ---- */

void brand_then(struct visit *v, step *then); /* sees to a fresh brand first */
const struct rec_brand *brand_of(struct visit *v);

#endif
