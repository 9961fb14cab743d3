"""The words that a made-up shop is made of."""

# Each category with those inside it, and what is sold there.
THINGS = {
    "Kitchen": {
        "Pans": ["Frying Pan", "Saucepan", "Wok", "Roasting Tin"],
        "Knives": ["Bread Knife", "Paring Knife", "Cleaver"],
        "Tableware": ["Bowl", "Plate", "Mug", "Jug"],
    },
    "Garden": {
        "Hand Tools": ["Trowel", "Fork", "Secateurs", "Dibber"],
        "Pots": ["Flower Pot", "Planter", "Window Box"],
        "Watering": ["Watering Can", "Hose", "Rain Gauge"],
    },
    "Office": {
        "Paper": ["Notebook", "Sketchbook", "Diary"],
        "Writing": ["Fountain Pen", "Pencil", "Marker"],
        "Desks": ["Desk", "Desk Lamp", "Bookend", "Letter Tray"],
    },
    "Outdoors": {
        "Camping": ["Tent", "Sleeping Bag", "Stove", "Lantern"],
        "Walking": ["Rucksack", "Walking Pole", "Flask"],
        "Clothes": ["Rain Jacket", "Fleece", "Wool Hat"],
    },
    "Play": {
        "Board Games": ["Draughts", "Dominoes", "Backgammon"],
        "Puzzles": ["Jigsaw", "Tangram", "Marble Maze"],
        "Outside": ["Kite", "Skipping Rope", "Boules"],
    },
}
QUALITIES = ["Classic", "Compact", "Everyday", "Heavy", "Light", "Quiet", "Simple", "Sturdy"]
MATERIALS = ["Ash", "Bamboo", "Canvas", "Copper", "Cork", "Enamel", "Linen", "Oak", "Steel", "Tin"]
TAGS = [
    *("Bestseller", "Fair Trade", "For Beginners", "For Two", "Gift", "Handmade", "Local"),
    *("Last Chance", "New", "Recycled", "Repairable", "Seasonal", "Small Batch", "Vegan"),
]
FIRST_NAMES = [
    *("Ada", "Amir", "Bea", "Chidi", "Dana", "Elif", "Emil", "Farah", "Goran", "Hana"),
    *("Ines", "Jonas", "Kaya", "Lena", "Luca", "Mei", "Nils", "Noor", "Olga", "Pavel"),
    *("Quinn", "Rosa", "Sami", "Tara", "Uma", "Viktor", "Wanda", "Yara", "Yusuf", "Zoe"),
]
LAST_NAMES = [
    *("Alderwick", "Bramfield", "Corvane", "Dunmore", "Eastholm", "Fennimark", "Greywell"),
    *("Hollowby", "Ivarden", "Jesperlund", "Kettleby", "Lindqvar", "Marrowdale", "Northam"),
    *("Oakhollow", "Pellinor", "Quillfeather", "Rookley", "Silverton", "Thornbeck", "Umberley"),
]
STREETS = ["Bridge Street", "Canal Road", "Hill Lane", "Market Square", "Mill Road", "Station Way"]
CITIES = {"AT": "Graz", "DE": "Bremen", "FR": "Lyon", "IE": "Cork", "IT": "Parma", "NL": "Utrecht"}
