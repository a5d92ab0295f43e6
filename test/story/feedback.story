# People say what they would like to have, on a board of rekey's own, and each has one vote.
setting [site] feedback = board
with registered ada
with invited bob
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info
as ada GET /ideas                                 -> 200
as ada sees "Nobody has suggested anything yet."
as ada GET /ideas/new                             -> 200
as ada POST /ideas/new title="" words="x"         -> 422
as ada sees "Say it in a few words."
as ada POST /ideas/new title="Dark <pages>" words="For the night shift & others" -> 303 ideas
as ada sees "Dark <pages>"; as ada sees "1 vote"; as ada sees "Yours"
as ada sees "Thank you. Your suggestion is on the list."
as ada does not see "Nobody has suggested"

as bob GET /ideas                                 -> 200
as bob sees "For the night shift & others"; as bob does not see "Yours"
page of bob -> id := /name="id" value="([0-9a-f]{32})"/
as bob POST /ideas/vote vote=give                 -> 303 ideas
as bob sees "2 votes"
as bob POST /ideas/vote vote=take                 -> 303 ideas
as bob sees "1 vote"
as bob in ja GET /ideas                           -> 200
as bob sees "改善してほしいこと"; as bob sees "投票する"

# Whoever is not signed in is asked to, and comes back.
as eve GET /ideas                                 -> 303 signin
as eve forges POST /ideas/new title=x words=y     -> 403

run feedback list --status open -> 0 seen := /Dark <pages>/
run feedback status $id planned -> 0
run feedback export -> 0 seen := /"planned","1","[^"]+","[^"]+","ada","Dark <pages>","For the night shift & others"/
as bob GET /ideas                                 -> 200
as bob sees "対応予定"
run feedback status $id done -> 0
as bob GET /ideas                                 -> 200
as bob does not see "ideas/vote"
run feedback status $id done -> 0 seen := /already/
run feedback delete $id --confirm yes -> 0
as bob GET /ideas                                 -> 200
as bob does not see "night shift"
logs never contain shift
