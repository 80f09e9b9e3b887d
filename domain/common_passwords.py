"""Passwords that are tried first: keyboard rows, names, seasons, "password" in several languages.

In lower case, and compared so.
"""

_WORDS = """
!qaz2wsx 000000 00000000 01234567 0123456789 09876543 0987654321 10101010 101010101 1111 111111
11111111 111111111 1111111111 11112222 112233 11223344 1122334455 121212 12121212 123123 123123123
123321 1234 12341234 12344321 12345 123454321 1234554321 123456 1234567 12345678 123456780 123456789
1234567890 12345679 123456abc 123456qwerty 12345qwert 1234qwer 123654789 123abc123 123qwe 123qwe123
123qweasd 12qwaszx 131313 13131313 14141414 147258369 147852369 159357456 159753 19841984 19851985
19861986 19871987 19881988 19891989 19901990 19911991 19921992 1a2b3c4d 1q2w3e4r 1q2w3e4r5t
1q2w3e4r5t6y 1qaz!qaz 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 20002000 22222222 321321321 33333333 44444444
456456456 555555 55555555 654321 666666 66666666 741852963 777777 7777777 77777777 789456123
87654321 88888888 987654321 9876543210 99999999 a1234567 a123456789 a1b2c3d4 aa123456 aa12345678
aaaaaa abc123 abc12345 abc123456 abcabc123 abcd1234 abcdefg1 abcdefgh access access14 admin admin123
administrator alexander alexandra amanda andrew andrew123 android1 angel123 angels123 anthony1
arsenal1 arsenal123 asdasd123 asdasdasd asdf1234 asdfasdf asdfgh asdfghjk asdfghjkl asdfqwer ashley
ashley123 asshole1 austin autumn123 autumn2024 autumn2025 azerty azerty123 azertyuiop babygirl
babygirl1 badboy123 banana123 barcelona barcelona1 baseball baseball1 basketball basketball1 batman
batman123 beatles1 benjamin bitch123 biteme blessed1 blessing1 blink182 blueberry bonjour1 brother1
business1 buster buster123 butterfly butterfly1 changeme changeme1 changeme123 charlie charlie1
charlie123 cheese cheese123 chelsea chelsea1 chelsea123 cherry123 chocolate chocolate1 chouchou
christian christina christopher cinnamon coffee123 company1 computer computer1 computer123
contrasena contraseña cookie123 cool1234 corvette cowboys1 crystal1 cupcake1 customer customer1
dallas daniel daniel123 december december1 default1 default123 demo1234 diamond1 diamonds dolphin1
dolphins doudou123 dragon dragon12 dragon123 elephant elizabeth eminem123 example1 facebook
facebook1 family123 father123 ferrari1 football football1 football123 forever1 forever21 fortnite1
freedom freedom1 friday123 friends1 friendship fuckoff1 fuckyou fuckyou1 fuckyou2 gangster geheim123
george ginger godisgood golden123 goodbye1 google123 green123 greenday guest hallo123 hallo1234
happiness happy123 hardcore harley haslo123 haslo1234 heaven123 hejsan123 hello123 hello1234
hellohello helloworld hockey hunter hunter12 hunter123 ihateyou iloveme iloveu iloveyou iloveyou!
iloveyou1 iloveyou123 iloveyou2 imissyou internet internet1 iphone123 ironman1 january1 jennifer
jennifer1 jessica jessica1 jesus123 jesuschrist jonathan jordan jordan123 jordan23 joshua juventus
juventus1 kawasaki killer killer12 killer123 klaster kochanie kochanie1 lakers24 lamborghini letmein
letmein! letmein1 letmein123 lightning liverpool liverpool1 liverpool123 lkjhgfdsa login loulou123
love lovelove lovely123 loveyou1 maggie manager1 manchester manutd123 marketing marseille master
master123 matrix matrix123 matthew matthew1 maverick mercedes messi1010 metallica metallica1 michael
michael1 michael123 michelle microsoft microsoft1 midnight minecraft minecraft1 misiaczek mnbvcxz1
mnbvcxzlkj monday123 monkey monkey12 monkey123 moonlight motdepasse mother123 mustang mustang1
mylove12 naruto123 natasha1 nicholas nicole nikita123 nirvana1 nothing1 nothing123 november
office123 orange123 p@55w0rd p@ssw0rd p@ssword pa55word packers1 parola123 pass pass1234 pass12345
passpass passw0rd password password! password1 password12 password123 password1234 passwort
passwort1 passwort123 patriots peaches1 pepper phoenix1 playboy1 poiuytrewq pokemon1 pokemon123
polska123 porsche1 precious precious1 princess princess1 princess123 privet123 pumpkin1 purple123
q1w2e3r4 q1w2e3r4t5 qazwsx qazwsx123 qazwsxedc qweasdzxc qweasdzxc123 qweqweqwe qwer1234 qwerty
qwerty1 qwerty12 qwerty123 qwerty1234 qwertyui qwertyuiop qwertyuiop123 qwertz qwertzuiop rainbow1
rainbow123 ranger realmadrid redskins robert ronaldo7 root rush2112 sales1234 samantha sample123
samsung1 samsung123 schatz123 scooter1 scorpion secret12 secret123 security security1 senha123
shadow shadow12 shadow123 shop1234 shopping shopping1 silver123 slipknot slipknot1 snoopy123
snowball soccer softball soleil123 sommar123 spiderman spiderman1 spring123 spring2023 spring2024
spring2025 starlight startrek startrek1 starwars starwars1 starwars123 steelers steelers1 stephanie
store123 store1234 strawberry summer summer12 summer123 summer2020 summer2021 summer2022 summer2023
summer2024 summer2025 sunflower sunshine sunshine1 sunshine12 sunshine123 superman superman1
superman123 support1 sweetheart sweetie1 taylor teamomucho temp1234 temporary tequiero test1234
test12345 tester123 testing1 testing123 testtest thomas thunder thunder1 tigger tigger123 toor
topsecret trustno1 trustno1! user1234 username username1 veronica victoria volleyball wachtwoord
warrior1 warriors welcome welcome1 welcome12 welcome123 welcome2 welcome2024 welcome2025 whatever
whatever1 william1 windows1 windows10 windows123 winter12 winter123 winter2020 winter2021 winter2022
winter2023 winter2024 winter2025 yamaha123 yankees yankees1 yellow123 zaq123wsx zaq12wsx zaq1@wsx
zaq1xsw2 zaq1zaq1 zxcasdqwe zxcvbn zxcvbnm zxcvbnm1 zxcvbnm123 zxczxczxc
"""

COMMON_PASSWORDS = frozenset(_WORDS.split())
