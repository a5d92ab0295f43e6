# Who has one way only is told so once it is proved; a browser that is known here, at once.
with half bob
turn the clock 16m
as visitor POST /recover name=bob                 -> 303 check_messages
mail to bob@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 contact_desk
as visitor sees "too few ways"
as bob POST /recover name=bob                     -> 303 contact_desk
as bob sees "too few ways"

# With one way that is no second proof the password signs in; what is registered next is added at once.
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 security-info
sessions of bob -> 1
