# A person is invited, sets a password, and registers three ways to prove who they are.
person ada mail=ada@example.net
run people invite ada -> 0 pass.ada := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as ada POST /signin/pass name=ada pass=AAAA-AAAA-AAAA-AAAA -> 422
as ada POST /signin/pass name=ada pass=$pass.ada           -> 303 must_change
as ada POST /signin/choose password="too short"            -> 422
as ada POST /signin/choose password="nine quiet lanterns on a hill" -> 303 security-info
as thief POST /signin/pass name=ada pass=$pass.ada         -> 422
as ada sees "Keep your account safe"

# The mailbox that the password protects is no proof.
as ada GET /security-info/add?kind=mail                    -> 200
as ada POST /security-info/add address=ada@example.net     -> 422
as ada POST /security-info/add address=ada@home.example    -> 303
mail to ada@home.example -> code := /\b\d{8}\b/
as ada POST /security-info/confirm code=wrong($code)       -> 422
as ada POST /security-info/confirm code=$code              -> 303 security-info
mail to ada@example.net says "was added"
as ada sees "ada@home.example"; as ada sees "One more way to go"

as ada POST /security-info/add kind=totp                   -> 303
page of ada -> seed.ada := /secret=([A-Z2-7]+)/
as ada POST /security-info/confirm code=totp(ada) label="my telephone" -> 303 security-info
as ada sees "my telephone"; as ada does not see "Keep your account safe"; as ada does not see "One more way to go"
as ada sees "If you lost this phone today, could you still get in?"

as ada POST /security-info/add kind=recovery_code          -> 200
page of ada -> paper := /<code>([0-9A-Z]{4}(?:[- ][0-9A-Z]{2,4})+)<\/code>/
as ada GET /security-info                                  -> 200
as ada sees "10 codes left"; as ada does not see "If you lost this phone today"
as ada POST /signout                                       -> 303
sessions of ada -> 0
as ada GET /security-info                                  -> 303 signin
logs never contain $pass.ada; logs never contain $code; logs never contain $seed.ada; logs never contain $paper
