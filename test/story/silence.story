# Whoever is named, everyone sees the same bytes until a first proof.
with registered ada
as real POST /recover name=ada                    -> 303 check_messages
as ghost POST /recover name=eve                   -> 303 check_messages
pages of real and ghost are equal
as real GET /recover/ways                         -> 200
as ghost GET /recover/ways                        -> 200
pages of real and ghost are equal
as real POST /recover/method method=totp          -> 303 next_proof
as ghost POST /recover/method method=totp         -> 303 next_proof
pages of real and ghost are equal
as real POST /recover/answer code=000000          -> 422
as ghost POST /recover/answer code=000000         -> 422
pages of real and ghost are equal
as real POST /recover/answer code=000000          -> 422
as ghost POST /recover/answer code=000000         -> 422
as real POST /recover/answer code=000000          -> 422
as ghost POST /recover/answer code=000000         -> 422
as real POST /recover/answer code=000000          -> 422
as ghost POST /recover/answer code=000000         -> 422
pages of real and ghost are equal
as real POST /recover/answer code=000000          -> 303 shut
as ghost POST /recover/answer code=000000         -> 303 shut
pages of real and ghost are equal
