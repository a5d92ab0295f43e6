# A restart in the middle of a reset loses nothing, and a try spent stays spent.
with registered ada
as visitor POST /recover name=ada                 -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=wrong($code) -> 422
restart
as visitor POST /recover/answer code=wrong($code) -> 422
as visitor sees "3 tries left"
as visitor POST /recover/answer code=$code        -> 303 next_proof
restart
as visitor POST /recover/answer code=totp(ada)    -> 303 choose
restart
as visitor POST /recover/choose password="a long walk to the sea" -> 303 password_done
sessions of ada -> 0
