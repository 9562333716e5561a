/**
 * What kind of network an address belongs to: a guess from a table of our own and from names, never a proof. One operator
 * often sells all kinds from one network; what is said here decides only how careful to be.
 *
 * Numbers were compared with the names in the tables of 2026-06-17. Anyone may add to them.
 */

/** Kinds of networks. */
export type NetworkKind = 'hosting' | 'mobile' | 'fixed' | 'education' | 'government' | 'unknown';

/** Servers that anyone can rent: visitors seldom come from there, but for VPNs, relays and programs. */
const HOSTING: readonly number[] = [
  // Large clouds: Amazon, Microsoft, Google Cloud, Oracle, IBM.
  16509, 14618, 8987, 8075, 8068, 8069, 396982, 19527, 31898, 54253, 33517, 64102, 36351,
  // Alibaba, Tencent, Huawei, Volcano Engine and BytePlus, Baidu, UCloud, Kingsoft.
  37963, 45102, 134963, 45090, 132203, 133478, 55990, 136907, 137718, 150436, 38365, 55967, 135377, 59077,
  59019, 23724,
  // OVH, Hetzner, DigitalOcean, Vultr, Linode (Akamai), Contabo, Scaleway, IONOS, Strato, netcup, Leaseweb.
  16276, 35540, 24940, 213230, 212317, 215859, 14061, 393406, 20473, 63949, 51167, 40021, 141995, 12876,
  29447, 54265, 8560, 6724, 197540, 214996, 60781, 28753, 395954, 30633, 7203, 32613, 19148, 396362, 396190,
  394380, 393886, 59253, 205544, 133752, 134351, 38930, 27411,
  // Shared hosting, where hacked sites live: GoDaddy, Newfold (Bluehost, HostGator), Hostinger, Namecheap, Liquid Web, A2,
  // InMotion, Automattic, Rackspace, Gandi, Infomaniak, home.pl, nazwa.pl, Aruba, Seeweb, Locaweb, UOL, HostPapa, Squarespace.
  26496,
  398101, 398787, 46606, 29873, 394695, 47583, 22612, 32244, 53824, 36444, 55293, 22611, 54641, 3842, 2635,
  33070, 19994, 15395, 27357, 29169, 203476, 29222, 12824, 15967, 31034, 202613, 12637, 27715, 263590, 28299,
  15180, 36352, 54290, 53831, 33182,
  // M247, Datacamp, Clouvider, Hydra, Memset, Krystal, iomart, Host Europe, Keyweb, myLoc, velia, PlusServer, aurologic.
  9009,
  42973, 16247, 212238, 60068, 62240, 25369, 58325, 50957, 12488, 20860, 35425, 8972, 20773, 21499, 31103,
  41412, 42263, 29066, 30083, 61157, 30823, 49581, 13213, 42831, 20738, 34119,
  // Hivelocity, Psychz, QuadraNet, Sharktech, FDCservers, EGIHosting, Krypt, Interserver, PhoenixNAP, Limestone, WebNX, Enzu,
  // Wholesale Internet, Nocix, ReliableSite, GigeNET, tzulo, FranTech, IT7, GTHost, Performive, PEG TECH, Multacom, Zenlayer.
  29802,
  61317, 40676, 8100, 46844, 30058, 18779, 35908, 4213, 19318, 26666, 20454, 19437, 46475, 18450, 18978,
  32097, 33387, 23470, 32181, 11878, 53667, 25820, 63023, 46562, 22384, 54600, 35916, 21859, 62610, 53755,
  46261, 46664, 27176, 62904, 26548, 55286, 55081, 53850, 63018, 17216, 13886, 36007, 210329, 41436, 215728,
  202053, 25697, 262287,
  // Selectel, Timeweb, REG.RU, Beget, Yandex Cloud, Aeza, HOSTKEY, Servers Tech (VDSina), Media Land, Petersburg Internet.
  49505,
  50340, 9123, 210976, 197695, 198610, 200350, 210656, 215013, 210644, 216246, 57043, 50867, 395839, 216071,
  206728, 34665, 48282,
  // WorldStream, Serverius, NForce, IP Volume, GleSYS, Internet Vikings, Bahnhof cloud, FlokiNET, AlexHost, Host Sailor, Zomro,
  // Green Floid (ITL), Private Layer, MEVSPACE, MVPS, Neterra, Belcloud, Voxility, G-Core, The Infrastructure Group, Nice IT.
  8315,
  49981, 50673, 43350, 64437, 202425, 42708, 51747, 200651, 200019, 60117, 204601, 204957, 21100, 15626,
  51852, 201814, 202448, 34224, 44901, 3223, 199524, 202422, 60404, 208016, 49447, 44477, 210558, 57523,
  59425, 198953, 200593,
  // Mexico and neighbours: Triara, KIO (Sixsigma), Gigas.
  19373, 22908, 22011, 27640,
  // Content networks and guards: Cloudflare, Fastly, Akamai, Imperva, Sucuri, DDoS-Guard, Bunny, Arvan.
  13335, 209242, 132892, 14789, 202623, 395747, 54113, 20940, 16625, 35994, 19551, 30148, 57724, 49612,
  200325, 202468,
];

/** Operators of VPNs, of relays, and of proxies by the thousand (also "residential" ones): many unrelated people behind each. */
const PROXY: readonly number[] = [
  // PacketHub (NordVPN and others), Proton, Mullvad (31173), IVPN, Windscribe, Strong Technology.
  136787, 272096, 207137, 147049, 141039, 208172, 62371, 199218, 209103, 39351, 49399, 214813, 216025, 203619,
  397540, 62651,
  // Sprious (Rayobyte, Blazing SEO), Oxylabs, IPRoyal, IPXO (leases addresses), Key-Proxy, Red-Proxy.
  64267, 54252, 397630, 396319, 209043, 834, 197200, 398075,
  // Run exits of Tor: Emerald Onion, Stiftung Erneuerbare Freiheit, Applied Privacy, Church of Cyberology, Calyx, Quintex.
  396507,
  60729, 208323, 215125, 401370, 4224, 62744,
];

/** Telephones: one address stands for hundreds of people. */
const MOBILE: readonly number[] = [
  // Mexico: Telcel (RadioMovil Dipsa), AT&T, Movistar (Pegaso), Altán.
  28403, 28469, 28521, 7438, 28415, 265540,
  // United States, Canada and the Caribbean: T-Mobile, Verizon Wireless, AT&T Mobility, Boost, Digicel, Liberty.
  21928,
  22140, 6614, 22394, 6167, 20057, 398378, 40786, 27800, 11992,
  // Central and South America: Claro, Tigo, Movistar, Entel, TIM, Vivo, Movilnet.
  26611, 27831, 12252, 21575, 27995, 27680, 27925, 22085, 26615, 26599, 19422, 17079, 23201, 27882, 27889,
  // Europe: Free Mobile, Three, EE and O2 in Great Britain, Salt, T-Mobile in Poland and Austria, Play, Kyivstar, lifecell, MTS, MegaFon, T2, Drei.
  51207,
  60339, 206067, 25135, 35228, 15796, 12912, 8412, 9141, 15895, 34058, 8359, 12714, 31133, 20632, 25159,
  31163, 31213, 12958, 48092, 25255, 35725, 13280, 48503, 206026, 31721,
  // Turkey, Iran and the Arab countries: Turkcell, Vodafone, Türk Telekom Mobil, Irancell, MCI, Rightel, Zain, Mobily, Orange.
  16135,
  15897, 20978, 44244, 197207, 57218, 42961, 35819, 43766, 29357, 36935, 37069, 36992, 48065, 36998, 36972,
  // Africa: MTN, Vodacom, Cell C, Safaricom, Airtel, Glo, Orange, Unitel.
  16637, 29465, 20294, 36974, 29975, 36994, 37168, 33771, 37061, 36926, 37075, 36873, 37133, 37140, 37287,
  37148, 29571, 37577, 36912, 37119, 36908, 37223, 30992, 36890, 37463, 37009, 37037,
  // South and East Asia, Oceania: Jio, Airtel, Vi, Grameenphone, Robi, Banglalink, Jazz, Zong, Dialog, Telkomsel, Indosat, XL,
  // AIS, True, DTAC, Globe, Smart, DITO, MobiFone, Viettel, China Mobile, DOCOMO, Rakuten, SK Telecom, SmarTone, Celcom, U Mobile.
  55836,
  45609, 45271, 38266, 55410, 24389, 24432, 45245, 45669, 59257, 18001, 23693, 4761, 45727, 24203, 17885,
  131445, 133481, 45458, 45430, 132618, 9587, 132199, 4775, 10139, 139831, 131429, 7552, 24086, 38623, 9808,
  56040, 56041, 56042, 56044, 56045, 56046, 56047, 56048, 24400, 24444, 24445, 24547, 9605, 138384, 9644,
  17924, 10030, 38466, 45143, 24158, 9674, 17421, 133612, 9790, 23655, 17435, 137872,
];

/** Homes and offices. Many sell telephones too, from the same network. */
const FIXED: readonly number[] = [
  // Mexico: Telmex (Uninet, Noroeste), Megacable, Total Play, izzi (Cablevisión, Cablemás, Televisión Internacional), Axtel, Alestra,
  // Maxcom and metroRed, Transtelco, Operbes (Bestel), Marcatel, CFE.
  8151,
  6332, 14178, 13999, 262916, 17072, 22884, 28548, 28509, 28512, 28554, 28555, 11888, 16960, 270161, 265594,
  6503, 11172, 13591, 32098, 18734, 19332, 272323,
  // United States and Canada.
  7018, 7922, 701, 20115, 20001, 10796, 11426, 11427, 11351, 12271, 33363, 22773, 209, 5650, 7029, 6128, 6079,
  16591, 30036, 11492, 12083, 19108, 11404, 4181, 19901, 6389, 577, 812, 852, 6327, 5769, 14593,
  // Central and South America, the Caribbean.
  28573, 27699, 18881, 10429, 4230, 8167, 7738, 7303, 22927, 11664, 10620, 14080, 3816, 13489, 19429, 22047,
  7418, 27986, 6147, 8048, 6306, 6057, 14754, 6400, 12066, 28118, 11830, 262202, 27947, 6568,
  // Europe.
  3320, 3209, 6805, 8881, 3215, 12322, 15557, 5410, 3352, 12479, 12430, 6739, 2856, 5089, 5607, 13285, 5378,
  6871, 3269, 1267, 30722, 12874, 1136, 33915, 50266, 31615, 5432, 6848, 3301, 1257, 2119, 8434, 3292, 9158,
  1759, 16086, 3303, 6730, 8447, 5617, 12741, 5610, 16019, 5483, 9050, 12302, 8708, 3243, 2860, 12353, 42863,
  6799, 3329, 29247, 41937, 31042, 12389, 8402, 6697, 6830, 13030,
  // Turkey, the Arab countries, Israel, Iran, Central Asia.
  9121, 34984, 12735, 47524, 8452, 24835, 6713, 36903, 36925, 36884, 36947, 37693, 37492, 327934, 25019,
  39891, 5384, 15802, 8781, 12975, 8551, 1680, 12400, 58224, 31549, 9198, 30873,
  // Africa.
  5713, 37457, 3741, 8346, 24757,
  // South and East Asia, Oceania.
  24560, 9498, 9829, 24309, 17557, 45595, 23888, 7713, 17552, 23969, 9299, 45899, 18403, 4134, 4837, 4812,
  4808, 9394, 17816, 9812, 4713, 2516, 17676, 2518, 2527, 17511, 9824, 17506, 4766, 9318, 17858, 3786, 3462,
  9924, 4780, 4760, 9269, 9304, 4788, 9534, 9506, 1221, 4804, 7545, 9443,
];

/** Fixed networks that put many homes behind one IPv4 address; telephones always do. */
const FIXED_CARRIER_NAT: readonly number[] = [
  // Mexico: Telmex, Megacable, Total Play, izzi.
  8151, 14178, 13999, 262916, 17072, 22884, 28548, 28509, 28512, 28554, 28555, 11888,
  // Starlink; Claro and Vivo in Brazil; Free in France; Digi in Romania; Vodafone and O2 in Germany; Airtel, BSNL and ACT in
  // India; Telkom Indonesia; PTCL in Pakistan; PLDT in the Philippines; True in Thailand. All recalled.
  14593,
  28573, 27699, 18881, 12322, 8708, 3209, 6805, 24560, 9498, 9829, 24309, 7713, 17557, 45595, 9299, 17552,
];

const kindByAsn = new Map<number, NetworkKind>([
  ...FIXED.map((asn) => [asn, 'fixed'] as const),
  ...MOBILE.map((asn) => [asn, 'mobile'] as const),
  ...HOSTING.map((asn) => [asn, 'hosting'] as const),
  ...PROXY.map((asn) => [asn, 'hosting'] as const),
]);
const proxyProviders = new Set(PROXY);
const carrierNat = new Set([...MOBILE, ...FIXED_CARRIER_NAT]);

/** Words in names, in order of trial. */
const NAME_SIGNS: readonly (readonly [NetworkKind, RegExp])[] = [
  [
    'education',
    /\b(universi|universit|univ\b|college|school|academ|educa|politecnic|polytechnic|instituto tecnologico|research network|nren\b|faculdade)/,
  ],
  [
    'government',
    /\b(ministry|ministerio|ministere|government|gobierno|governo|gouvernement|secretaria de|department of|municip|ayuntamiento|prefeitura|parliament|congreso|army|navy|state of)/,
  ],
  [
    'hosting',
    /(\bhost(s|ing|er|ed|inger)?\b|hosting|\bcloud|cloud\b|\bservers?\b|\bvps\b|\bvds\b|data ?cent(er|re|ro)|\bcolo(cation)?\b|colocation|\bdedicated\b|\bvpn\b|\bprox(y|ies)\b|\bcdn\b)/,
  ],
  ['mobile', /\b(mobile|mobil|movil|moviles|celular|cellular|gsm|lte|wireless telecom|pcs)\b/],
  [
    'fixed',
    /(telecom|telefon|telephon|telekom|telco\b|broadband|\bcable|\bkabel|\bfib(ra|re|er|ernet)|\binternet (service )?provider|\bisp\b|\bwisp\b|\bwireless|comunicac|communications|\bdsl\b)/,
  ],
];

/**
 * The kind of a network, from its number or else the name of its organisation.
 *
 * @example
 * networkKind(28403, 'RadioMovil Dipsa, S.A. de C.V.'); // 'mobile'
 */
export function networkKind(asn: number, organisation: string | null): NetworkKind {
  const known = kindByAsn.get(asn);
  if (known) return known;
  if (organisation === null) return 'unknown';
  const name = organisation.slice(0, 200).toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  return NAME_SIGNS.find(([, sign]) => sign.test(name))?.[0] ?? 'unknown';
}

/** Whether the network is one of an operator of VPNs, relays or proxies, behind which unrelated people share an address. */
export function isProxyProvider(asn: number): boolean {
  return proxyProviders.has(asn);
}

/** Whether many customers of this network share one IPv4 address (carrier NAT, RFC 6598): many user agents there are normal. */
export function isCarrierNat(asn: number): boolean {
  return carrierNat.has(asn);
}
