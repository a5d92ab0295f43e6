# A mailed code lives ten minutes and a reset fifteen; asking for more time once keeps the first proof.
with registered ada
as visitor POST /recover name=ada                 -> 303 check_messages
mail to ada@home.example -> old := /\b\d{8}\b/
turn the clock 11m
as visitor POST /recover/answer code=$old         -> 422
as visitor POST /recover/resend                   -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 next_proof
as visitor POST /recover/extend                   -> 303
turn the clock 11m
as visitor POST /recover/answer code=totp(ada)    -> 303 choose
turn the clock 30m
as visitor POST /recover/choose password="a long walk to the sea" -> 303 shut
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
