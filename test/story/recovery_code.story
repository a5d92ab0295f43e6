# A recovery code from paper counts once, in a reset and at sign-in.
with registered ada
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
as ada POST /security-info/add kind=recovery_code -> 200
page of ada -> paper := /<code>([0-9A-Z]{4}(?:[- ][0-9A-Z]{2,4})+)<\/code>/
as ada GET /security-info                         -> 200
as ada POST /signout                              -> 303
as visitor POST /recover name=ada                 -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 next_proof
as visitor GET /recover/ways                      -> 200
as visitor POST /recover/method method=recovery_code -> 303 next_proof
as visitor POST /recover/answer code=$paper       -> 303 choose
as visitor POST /recover/choose password="a long walk to the sea" -> 303 password_done
as ada POST /signin name=ada password="a long walk to the sea" -> 303 prove
as ada POST /signin/method method=recovery_code   -> 303 prove
as ada POST /signin/answer code=$paper            -> 422
