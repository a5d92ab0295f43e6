# An administrator's reset is told to the other administrators; who is told, and where help is, are settings.
with registered ada
person bob mail=bob@corp.example
person eve mail=eve@corp.example
turn the clock 16m
run group add Admins -> 0
run group add Desk -> 0
run group join admins --group Desk -> 0
run group join admins --person ada -> 0
run group join desk --person bob -> 0
run policy set administratorGroups Admins -> 0
as visitor POST /recover name=ada                 -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 next_proof
as visitor POST /recover/answer code=totp(ada)    -> 303 choose
as visitor POST /recover/choose password="seven green boats at dawn" -> 303 password_done
mail to ada@home.example says "forgotten password was replaced"
mail to bob@corp.example says "An administrator reset their forgotten password"
no mail to eve@corp.example

# Turned off: nobody is written to, and the next sign-in says it.
run policy set notifyOnAdminPasswordReset off -> 0
run policy set notifyUsersOnPasswordReset off -> 0
run policy check -> 0 look := /notifyUsersOnPasswordReset/
turn the clock 16m
as second POST /recover name=ada                  -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as second POST /recover/answer code=$code         -> 303 next_proof
as second POST /recover/answer code=totp(ada)     -> 303 choose
as second POST /recover/choose password="nine grey herons over the water" -> 303 password_done
no mail to ada@home.example
no mail to bob@corp.example
as ada POST /signin name=ada password="nine grey herons over the water" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
as ada sees "password was reset"

# Where help is: a mail address, or a page.
run policy set customHelpdeskEmailOrUrl "javascript:alert(1)" -> 1
run policy set customHelpdeskEmailOrUrl care@corp.example -> 0
run policy set customizeHelpdeskLink on -> 0
restart
as visitor GET /help                              -> 200
as visitor sees "care@corp.example"
run policy set customHelpdeskEmailOrUrl https://care.corp.example/ticket -> 0
restart
as visitor GET /help                              -> 200
as visitor sees "Ask for help"
page of visitor -> link := /href="https:\/\/care\.corp\.example\/ticket"/
