# Where there is no board, the link leads where the administrator says, on every page and for everybody; and without one there is none.
person ada mail=ada@example.net
as visitor GET /recover                           -> 200
as visitor does not see "Suggest a feature"
run brand set feedback_url javascript:alert(1)    -> 1
run brand set feedback_url https://ideas.example.org/ -> 0
turn the clock 10s
restart
as visitor GET /recover                           -> 200
as visitor sees "Suggest a feature"
page of visitor -> link := /href="(https:\/\/ideas\.example\.org\/)"/
as visitor GET /help                              -> 200
as visitor sees "Is something missing, or harder than it should be?"
as visitor GET /ideas                             -> 303 signin
