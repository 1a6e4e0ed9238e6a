/// The words that generated names are made of, already in the form they take inside a JSON string.
enum Vocabulary {
    /// What groups are about: name and URL key. The first ones are the most frequent.
    static let subjects: [(name: String, key: String)] = [
        ("Social", "social"), ("Social Networking", "socialnetwork"), ("New In Town", "newintown"),
        ("Fun Times", "fun-times"), ("Outdoors", "outdoors"), ("Dining Out", "diningout"), ("Hiking", "hiking"),
        ("Singles", "singles"), ("Professional Networking", "professional-networking"), ("Wellness", "wellness"),
        ("Fitness", "fitness"), ("Adventure", "adventure"), ("Live Music", "livemusic"), ("Wine", "wine"),
        ("Travel", "travel"), ("Nightlife", "nightlife"), ("Self-Improvement", "self-improvement"),
        ("Women's Social", "women"), ("Happy Hour", "happy-hours"), ("Spirituality", "spirituality"),
        ("Photography", "photo"), ("Coffee", "coffee"), ("Movie Nights", "movie-nights"), ("Dancing", "dancing"),
        ("Language & Culture", "language"), ("Language Exchange", "language-exchange"), ("Book Club", "bookclub"),
        ("Sports and Recreation", "sports"), ("Cycling", "cycling"), ("Camping", "camping"), ("Yoga", "yoga"),
        ("Meditation", "meditation"), ("Games", "games"), ("Board Games", "board-games"), ("Running", "running"),
        ("Walking", "walkers"), ("Software Development", "softwaredev"), ("Open Source", "opensource"),
        ("Web Development", "web-development"), ("Startup Businesses", "startup-businesses"), ("Art", "art"),
        ("Entrepreneurship", "entrepreneurship"), ("Small Business", "small-business"), ("Writing", "writing"),
        ("Big Data", "big-data"), ("Machine Learning", "machine-learning"), ("Cooking", "cooking"),
        ("Healthy Living", "healthy-living"), ("Volunteering", "volunteering"), ("Parents and Kids", "parents-kids"),
        ("Spanish Language", "spanish"), ("French Language", "french"), ("Expat", "expat"), ("Karaoke", "karaoke"),
        ("Volleyball", "volleyball"), ("Soccer", "soccer"), ("Badminton", "badminton"), ("Kayaking", "kayaking"),
        ("Philosophy", "philosophy"), ("Investing", "investing"), ("Real Estate", "real-estate"),
        ("Theater", "theater"),
        ("Holistic Health", "holistic-health"), ("Vegan", "vegan"), ("Dogs", "dogs"),
        ("Arts n Crafts", "arts-n-crafts"),
        ("Pokemon Go", "pokemon-go"), ("Tech Talks", "tech-talks"), ("Salsa Dancing", "salsa-dancing"),
        ("Public Speaking", "public-speaking"),
    ]

    /// What narrows a subject down: name and URL key.
    static let qualifiers: [(name: String, key: String)] = [
        ("Beginner", "beginner"), ("Advanced", "advanced"), ("Outdoor", "outdoor"), ("Weekend", "weekend"),
        ("Downtown", "downtown"), ("Women's", "womens"), ("Men's", "mens"), ("International", "international"),
        ("Professional", "professional"), ("Indoor", "indoor"), ("Evening", "evening"), ("Sunday", "sunday"),
        ("Family", "family"), ("Casual", "casual"), ("Competitive", "competitive"), ("Creative", "creative"),
        ("Community", "community"), ("Independent", "independent"), ("Suburban", "suburban"), ("Urban", "urban"),
        ("Winter and Summer", "winter-and-summer"), ("Experimental", "experimental"), ("Queer", "queer"),
        ("Traditional", "traditional"), ("20's & 30's", "20s-30s"), ("40's - 50's", "40s-50s"), ("50+", "50-plus"),
        ("LGBT", "lgbt"), ("Student", "student"), ("Christian", "christian"),
        ("Black Professionals'", "black-professional"),
        ("Conversational", "conversational"), ("Midweek", "midweek"), ("Introverts'", "introverts"), ("Local", "local"),
        ("Sober", "sober"), ("Spontaneous", "spontaneous"), ("Mindful", "mindful"), ("Digital", "digital"),
    ]

    static let groupForms = [
        "Meetup", "Club", "Group", "Society", "Network", "Adventures", "Collective", "Lovers", "Circle", "Explorers",
        "Enthusiasts Meetup Group", "& Friends", "Social Club", "(Single Events & Adventures)", "Community",
    ]

    /// What a few groups and events add to their names.
    static let ornaments = ["🌟", "活出精彩！", "❤", "✔", "ミートアップ", "à la carte", "¡y más!", "— Sommerfest", "日本文化友会"]

    static let eventOpenings = [
        "Weekly", "Saturday Night", "Let's do", "Introduction to", "New Place!", "An evening of", "Spring",
        "Intermediate",
        "First Friday", "The most well-known", "Sunday Morning", "Workshop:", "FREE EVENT!", "Potluck and", "Walk and",
        "The \\\"Original\\\"", "Hands-On", "Members' Choice:",
    ]

    static let eventClosings = [
        "at the Park", "and Drinks", "for Beginners", "Meet & Greet", "(all levels welcome)", "- Session 4", "& Brunch",
        "with Live Music", "- bring a friend", "Discussion", "", "", "Practice", "in the City", "/ Networking Night",
    ]

    static let venueNames = [
        "Starbucks", "Panera Bread", "Community Center", "Public Library", "Three Oaks Park", "The Morrison Hotel",
        "Launch 22", "Private residence.", "Jack Straw's  Castle", "Mount Pleasant Pier ", "Corn Exchange",
        "Trailhead Parking Lot", "City Hall", "The Rose & Crown", "Co-working Loft", "St George's School",
        "Café Central",
        "Bowl America", "Yoga Studio", "Whole Foods Market", "Microsoft Reactor", "Crest Theatre", "Brewing Company",
        "Botanical Garden",
    ]

    static let givenNames = [
        "Anna", "Ben", "Carla", "David", "Elena", "Farid", "Grace", "Hugo", "Ines", "James", "Karen", "Luis", "Maria",
        "Nadia", "Omar", "Priya", "Quentin", "Rachel", "Steve", "Tina", "Uma", "Victor", "Wendy", "Xin", "Yusuf", "Zoe",
        "Mike", "Jennifer", "Chris", "Laura", "Mark", "Susan", "Kevin", "Michelle", "Daniel", "Jessica", "Brian", "Amy",
    ]

    static let foreignNames = ["José", "Zoë", "Jürgen", "François", "Łukasz", "美咲", "Ольга", "민준", "Renée", "Øyvind"]

    static let familyNames = [
        "Smith", "Johnson", "Garcia", "Chen", "Patel", "Miller", "Brown", "Nguyen", "Kim", "Lopez", "Cohen", "Tanaka",
        "Dubois", "Rossi", "Silva", "Khan", "Walker", "Young", "King", "Wright", "Scott", "Green", "Baker", "Adams",
    ]

    /// How one becomes a member of a group, the frequent way first.
    static let joinModes = ["open", "approval", "closed"]

    /// The kinds of groups: name and short name.
    static let categories: [(name: String, key: String)] = [
        ("Socializing", "socializing"), ("Outdoors & Adventure", "outdoors"), ("Tech", "tech"),
        ("Health & Wellbeing", "health-wellbeing"), ("Arts & Culture", "arts-culture"), ("Language", "language"),
        ("Career & Business", "career-business"), ("Games", "games"), ("Music", "music"),
        ("Food & Drink", "food-drink"),
    ]

    static let captions = [
        "Group photo", "On the summit!", "The view from the pier", "Cheers \u{1F37B}", "Workshop, second half",
        "Before the rain \u{2026}", "みんなで", "Our \\\"new\\\" venue", "Grüße vom See", "Who is that\\/was that?",
        "Round 3",
    ]

    static let comments = [
        "Looking forward to it!", "Sorry, I cannot make it this time.", "Is there parking nearby?",
        "Great evening, thanks!",
        "Running ten minutes late", "Bin dabei \u{1F600}", "See http:\\/\\/example.org for the map", "¿A qué hora?",
        "He said \\\"bring a friend\\\", so I do.", "First line\\nsecond line", "Is it still on?", "参加します", "+1",
    ]

    /// The accounts a member may show, the frequent ones first.
    static let services = ["facebook", "twitter", "tumblr", "linkedin", "flickr"]
}
