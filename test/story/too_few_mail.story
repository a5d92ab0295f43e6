# Where policy says so, only a message tells why a reset is not possible.
setting [policy] reasonDisclosure = mail
with half bob
turn the clock 16m
as visitor POST /recover name=bob                 -> 303 check_messages
mail to bob@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 shut
as visitor does not see "too few ways"
mail to bob@home.example says "too few ways"
as bob POST /recover name=bob                     -> 303 check_messages
