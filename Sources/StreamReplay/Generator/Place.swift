/// A city in which generated groups meet.
struct Place: Sendable {
    let city: String
    /// The city's name as it stands in a URL.
    let slug: String
    /// ISO 3166-1, two small letters.
    let country: String
    /// Some countries' groups name a state, others none.
    let state: String?
    /// Hundredths of a degree, north positive.
    let latitude: Int
    /// Hundredths of a degree, east positive.
    let longitude: Int
    /// Its share of the groups, relative to the others'.
    let weight: Int

    private init(
        _ city: String, _ slug: String, _ country: String, _ state: String?, _ latitude: Int, _ longitude: Int,
        _ weight: Int
    ) {
        self.city = city
        self.slug = slug
        self.country = country
        self.state = state
        self.latitude = latitude
        self.longitude = longitude
        self.weight = weight
    }

    /// About two thirds of the weight lie in places with a state, as in the real stream.
    static let all: [Place] = [
        Place("New York", "New-York", "us", "NY", 4075, -7399, 90),
        Place("San Francisco", "San-Francisco", "us", "CA", 3777, -12241, 60),
        Place("Los Angeles", "Los-Angeles", "us", "CA", 3405, -11824, 50),
        Place("Chicago", "Chicago", "us", "IL", 4188, -8762, 45),
        Place("Austin", "Austin", "us", "TX", 3026, -9774, 40),
        Place("Washington", "Washington", "us", "DC", 3891, -7702, 40),
        Place("Seattle", "Seattle", "us", "WA", 4760, -12233, 35),
        Place("Denver", "Denver", "us", "CO", 3974, -10498, 35),
        Place("Boston", "Boston", "us", "MA", 4236, -7106, 30),
        Place("Hackensack", "Hackensack", "us", "NJ", 4089, -7405, 25),
        Place("Charleston", "Charleston", "us", "SC", 3278, -7994, 25),
        Place("Tampa", "Tampa", "us", "FL", 2795, -8246, 25),
        Place("Phoenix", "Phoenix", "us", "AZ", 3345, -11207, 25),
        Place("Portland", "Portland", "us", "OR", 4552, -12268, 25),
        Place("Toronto", "Toronto", "ca", "ON", 4366, -7938, 30),
        Place("Vancouver", "Vancouver", "ca", "BC", 4925, -12310, 20),
        Place("Montréal", "Montreal", "ca", "QC", 4550, -7358, 15),
        Place("Sydney", "Sydney-Meetups", "au", "NSW", -3387, 15121, 25),
        Place("Brisbane", "Brisbane", "au", "QLD", -2746, 15302, 15),
        Place("Melbourne", "Melbourne-Meetups", "au", "VIC", -3781, 14496, 15),
        Place("London", "London", "gb", nil, 5151, -12, 80),
        Place("Manchester", "Manchester", "gb", nil, 5348, -225, 15),
        Place("Edinburgh", "Edinburgh", "gb", nil, 5595, -318, 15),
        Place("Berlin", "Berlin", "de", nil, 5252, 1338, 25),
        Place("München", "Munchen", "de", nil, 4814, 1158, 12),
        Place("Paris", "Paris", "fr", nil, 4886, 234, 25),
        Place("Madrid", "Madrid", "es", nil, 4042, -371, 20),
        Place("Barcelona", "Barcelona", "es", nil, 4140, 217, 18),
        Place("Amsterdam", "Amsterdam", "nl", nil, 5237, 489, 15),
        Place("Zürich", "Zurich", "ch", nil, 4738, 854, 8),
        Place("Dublin", "Dublin", "ie", nil, 5333, -625, 10),
        Place("Tokyo", "Tokyo", "jp", nil, 3567, 13977, 15),
        Place("Taipei", "Taipei", "tw", nil, 2502, 12145, 8),
        Place("Singapore", "Singapore", "sg", nil, 130, 10385, 15),
        Place("Hong Kong", "Hong-Kong", "hk", nil, 2228, 11415, 10),
        Place("Bangalore", "Bangalore", "in", nil, 1297, 7756, 15),
        Place("Tel Aviv-Yafo", "Tel-Aviv", "il", nil, 3207, 3477, 10),
        Place("Dubai", "Dubai", "ae", nil, 2527, 5533, 10),
        Place("Auckland", "Auckland", "nz", nil, -3685, 17476, 10),
        Place("São Paulo", "Sao-Paulo", "br", nil, -2353, -4663, 8),
        Place("Medellín", "Medellin", "co", nil, 625, -7556, 5),
    ]
}
