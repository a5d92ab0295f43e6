# When many begin at once a browser without JavaScript waits a little; the typed name is not lost.
setting [policy] proofOfWorkAfter = 0
with registered ada
as visitor POST /recover name=ada                 -> 200
as visitor sees "ada"
as visitor POST /recover                          -> 200
turn the clock 20s
as visitor POST /recover                          -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
