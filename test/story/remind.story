# Whoever may reset and has not registered is asked to by mail, once in two weeks; and what reports say before and after.
with registered bob
run people add ada --mail ada@example.net --language en -> 0
run people add "hana" --mail hana@example.net --language ja -> 0
run people remind --dry -> 0 count := /reminded\s+2\b/
no mail to ada@example.net
run people remind -> 0 count := /reminded\s+2\b/
mail to ada@example.net says "Set up two ways to prove it's you."
mail to hana@example.net says "本人確認の方法を 2 つ登録してください。"
run people remind -> 0 count := /reminded\s+0\b/
run audit list --event people_reminded -> 0 seen := /2 people/

run report registration -> 0 seen := /people\s+3\n[\s\S]*enabled\s+3\nregistered\s+1\ncapable\s+1/
run report registration --csv -> 0 seen := /"name","display_name"[\s\S]*\r?\n"bob","bob","","active","1","1","1"/
run report methods --format json -> 0 seen := /"people": 3, "none": 2/

# A reset that goes well, and one that is left after the first proof.
turn the clock 16m
as visitor POST /recover name=bob                 -> 303 check_messages
mail to bob@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 next_proof
as visitor POST /recover/answer code=totp(bob)    -> 303 choose
as visitor POST /recover/choose password="seven green boats at dawn" -> 303 password_done
as other POST /recover name=bob                   -> 303 check_messages
as other POST /recover/leave                      -> 303 recover
run report usage -> 0 seen := /begun\s+2\ndone\s+1\ngiven_up\s+1/
run report usage --format json -> 0 seen := /"what": "step", "way": "left", "outcome": "given up", "count": 1/
run report usage --days 401 -> 2
run report usage --html /dev/stdout --language ja -> 0 seen := /<title>パスワード リセットの状況[\s\S]*キャンセルを押した/
run report registration --html /dev/stdout -> 0 seen := /3 people have an active account\. 2 of them may reset and have not registered yet\./
run report methods --html /dev/stdout --language de -> 2
run poster --out /dev/stdout --language ja -> 0 seen := /<svg[\s\S]*localhost:\d+[\s\S]*「始める」を押し/
run poster --out /nowhere/poster.html -> 1
