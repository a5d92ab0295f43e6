# An administrator raises the number of proofs on the page, signed for with a passkey; what weakens is the command line's.
with registered ada
with registered bob
run group add Admins -> 0
run group join Admins --person ada -> 0
run policy set administratorGroups Admins -> 0
run policy set numberOfAuthenticationMethodsRequired 1 -> 0
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)          -> 303 security-info
as ada POST /security-info/add kind=passkey        -> 303 pending
as ada makes blue label="Blue key"                 -> 303 security-info
as ada GET /admin/password-reset                   -> 200
as ada sees "Proofs for a reset"; as ada sees "Require registration at sign-in"
as ada GET /admin/password-reset/setting?id=proofs_to_reset -> 200
as ada POST /admin/password-reset/setting value=3  -> 422
as ada sees "That number is out of range."
as ada POST /admin/password-reset/setting value=2  -> 200
as ada sees "Make this change?"; as ada sees "Looked at 2 people."
as ada sees "rekey policy set numberOfAuthenticationMethodsRequired 2"
as ada uses blue unverified                        -> 422
run policy show -> 0 shown := /numberOfAuthenticationMethodsRequired +1/
as ada uses blue                                   -> 303 password-reset
as ada sees "It is changed. All administrators were told by mail."
run policy show -> 0 shown := /numberOfAuthenticationMethodsRequired +2/
run audit list --event policy -> 0 old := /(numberOfAuthenticationMethodsRequired: 1 -> 2)/
mail to ada@example.net says "numberOfAuthenticationMethodsRequired"
as ada GET /admin/password-reset/setting?id=proofs_to_reset -> 200
as ada POST /admin/password-reset/setting value=1  -> 200
as ada sees "Only the command line can do that."; as ada does not see "Sign with your passkey"
as ada in ja GET /admin/password-reset             -> 200
as ada GET /admin/reports/registration             -> 200
as ada sees "有効なアカウントは 2 人です。"

as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 prove
as bob POST /signin/answer code=totp(bob)          -> 303 security-info
as bob does not see "Administration"
as bob GET /admin/password-reset                   -> 404
as bob GET /admin/reports                          -> 404
as visitor GET /admin/password-reset               -> 404
