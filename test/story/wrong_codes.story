# Five tries a challenge, a resend restores none, and a newer code ends the older.
with registered ada
turn the clock 16m
as visitor POST /recover name=ada                 -> 303 check_messages
mail to ada@home.example -> first := /\b\d{8}\b/
as visitor POST /recover/resend                   -> 303 check_messages
mail to ada@home.example -> second := /\b\d{8}\b/
as visitor POST /recover/answer code=$first       -> 422
as visitor sees "4 tries left"
as visitor POST /recover/answer code=wrong($second) -> 422
as visitor POST /recover/resend                   -> 303 check_messages
mail to ada@home.example -> third := /\b\d{8}\b/
as visitor POST /recover/answer code=wrong($third)  -> 422
as visitor POST /recover/answer code=wrong($third)  -> 422
as visitor sees "1 try left"
as visitor POST /recover/answer code=wrong($third)  -> 303 shut
as visitor sees "Too many tries"; as visitor sees "Back to sign-in"

# Three codes in fifteen minutes went to this address; the fourth is not sent, and nothing shows it.
as visitor POST /recover name=ada                 -> 303 check_messages
no mail to ada@home.example like /\b\d{8}\b/

# A form that no code of its kind can have costs no try, and the refusal says which form one has.
as visitor POST /recover/answer code=1234                 -> 422
as visitor sees "The code has 8 digits."
as visitor from another tab POST /recover/method method=totp               -> 303 next_proof
as visitor POST /recover/answer code=12345678             -> 422
as visitor sees "The code has 6 digits."
as visitor from another tab POST /recover/method method=recovery_code      -> 303 next_proof
as visitor POST /recover/answer code=12345678             -> 422
as visitor sees "A recovery code has letters and digits."
as visitor GET /recover/next_proof                        -> 200
as visitor sees "5 tries left"
