# A notice that was not expected freezes the account's ways in; the desk hears of it and thaws them.
with registered ada
as thief POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as thief POST /signin/answer code=totp(ada)       -> 303 security-info
as thief POST /change password="a thief walks on the roof" -> 303 security-info
mail to ada@home.example -> link := /\/not-me#([A-Za-z0-9_-]+)/

# Opening the link changes nothing; only the button does.
as owner GET /not-me                              -> 200
sessions of ada -> 1
as owner POST /not-me token=$link                 -> 303 not_me_done
sessions of ada -> 0
mail to desk@example.net says "ada"
as owner POST /recover name=ada                   -> 303 check_messages
no mail to ada@home.example like /\b\d{8}\b/
as thief POST /signin name=ada password="a thief walks on the roof" -> 303 contact_desk

# The link was used; nobody shall believe that it locked anything again.
as owner POST /not-me token=$link                 -> 422
as owner sees "nothing was locked"
run people unfreeze ada -> 0
mail to ada@home.example says "unlocked"
mail to ada@example.net says "unlocked"
as owner POST /recover name=ada                   -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as owner POST /recover/answer code=$code          -> 303 next_proof
as owner POST /recover/answer code=totp(ada)      -> 303 choose
as owner POST /recover/choose password="a long walk to the sea" -> 303 password_done
