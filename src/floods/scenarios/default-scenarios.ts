/**
 * Our own rules for what is tried on web sites every day: the names, numbers and keys of the table of the floods spec
 * (section 1.4), the patterns ours. Written in the notation of CrowdSec, so that the evaluator of others' rules runs them.
 */
import { crowdSecScenario } from './crowdsec.js';
import type { Scenario } from './scenario.js';

interface Rule {
  readonly name: string;
  readonly description: string;
  readonly type?: 'leaky' | 'trigger';
  readonly filter: string;
  readonly groupby?: string;
  readonly distinct?: string;
  readonly capacity?: number;
  readonly leakspeed?: string;
  readonly blackhole: string;
  readonly technique: string;
  readonly behaviour: string;
  /** 0 to 3. */
  readonly confidence: number;
}

const CLIENT_AND_SITE = "evt.Meta.source_ip + '/' + evt.Meta.target_fqdn";
const REFUSED_AND_NOT_STATIC =
  "evt.Meta.http_status in ['400', '403', '404'] and evt.Parsed.static_ressource == 'false'";
const HTTP_METHODS_OF_FILE_SHARES = "['OPTIONS', 'PROPFIND', 'REPORT']";

/** Programs that look for holes, by the names they give themselves. Not those of researchers who say who they are. */
const SCANNER_AGENTS =
  '(?i)(?:sqlmap|nikto|acunetix|nessus|openvas|nmap scripting|masscan|zgrab|wpscan|joomscan|dirbuster|gobuster|feroxbuster|' +
  'dirsearch|ffuf|wfuzz|nuclei|hydra|havij|netsparker|invicti|arachni|w3af|jorgee|zmeu|morfeus|whatweb|commix|xsser|' +
  'muieblackcat|l9explore|l9tcpid|fimap|pangolin|webshag|skipfish|vega/|qualys|burpcollaborator|jaeles|katana/)';

/** Files that a web server should never give away. */
const SENSITIVE_FILES =
  '(?i)/(?:\\.env(?:\\.[a-z]+)?|\\.git/(?:config|head|index)|\\.svn/(?:entries|wc\\.db)|\\.hg/hgrc|\\.htpasswd|\\.bash_history|' +
  '\\.aws/credentials|\\.ssh/(?:id_rsa|id_ed25519|authorized_keys)|\\.npmrc|\\.netrc|\\.dockercfg|\\.vscode/sftp\\.json|\\.ds_store|' +
  'wp-config\\.(?:php\\.?(?:bak|old|orig|save|swp|txt|~)|txt|bak)|[a-z0-9_-]{1,40}\\.(?:sql|sql\\.gz|sql\\.zip|dump|sqlite3?|bak|old|swp)|' +
  '(?:backup|dump|database|db|site|www|public_html)\\.(?:zip|tar|tar\\.gz|tgz|rar|7z)|docker-compose\\.ya?ml|phpinfo\\.php|' +
  'config\\.(?:json|inc|inc\\.php|php\\.bak|ya?ml)|credentials\\.json|secrets?\\.(?:json|ya?ml))$';

/** Panels that most sites do not have. */
const ADMIN_PANELS =
  '(?i)/(?:php-?my-?admin|pma|myadmin|mysql-?admin|dbadmin|adminer(?:-[0-9.]+)?(?:\\.php)?|manager/(?:html|text)|jmx-console|web-console|' +
  'solr/admin|cgi-bin/luci|hnap1|boaform/admin|actuator(?:/|$)|_ignition/|webmin|cpanel|plesk|admin(?:istrator|panel|cp)?(?:/|\\.php|$)|' +
  'telescope|horizon/|console/|jenkins|grafana|zabbix|owa/auth|remote/login|vpn/index\\.html|geoserver/web)';

/** Names under which shells are left behind on sites that were broken into. */
const BACKDOORS =
  '(?i)/(?:c99|c100|r57|wso[0-9.]*|b374k|alfa(?:new|cgiapi|shell|_data)?|webshell|shell[0-9]*|backdoor|indoxploit|mini-?shell|php-?shell|' +
  'cmd|uploader|filemanager-?shell|adminer-shell|leaf|marijuana|gel4y|0byt3m1n1|xleet|1337|sym403|bypass403)\\.(?:php[0-9]?|phtml|asp|aspx|jsp)$';

const TRAVERSAL =
  '(?i)(?:(?:\\.|%2e|%252e){2}(?:/|\\\\|%2f|%5c|%252f|%255c)|%2fetc(?:/|%2f)|windows(?:\\\\|%5c)win\\.ini|%00|%c0%af)';
/** Places outside of any site, as values. */
const OUTSIDE_PLACES =
  '(?i)(?:(?:/|%2f)etc(?:/|%2f)(?:passwd|shadow|hosts)|/proc/self/|/win(?:dows|nt)/win\\.ini)';

/** Words of SQL as they are put into values, with what separates them. */
const SQL_VALUES =
  "(?i)(?:(?:union|%55nion)(?:[+ ]|%20|%09|%0a|/\\*.{0,20}\\*/)+(?:all(?:[+ ]|%20)+)?select|(?:'|%27|\\)|%29)(?:[+ ]|%20)*(?:or|and)(?:[+ ]|%20)+['(0-9a-z%]|" +
  '(?:select|%53elect)(?:[+ ]|%20).{0,100}(?:[+ ]|%20)from(?:[+ ]|%20)|information_schema|sleep(?:\\(|%28)[0-9]|benchmark(?:\\(|%28)[0-9]|waitfor(?:[+ ]|%20)+delay|' +
  "(?:order|group)(?:[+ ]|%20)+by(?:[+ ]|%20)+[0-9]{1,3}(?:--|%23|#)|extractvalue(?:\\(|%28)|updatexml(?:\\(|%28)|pg_sleep|xp_cmdshell|(?:'|%27)(?:;|%3b)|(?:'|%27)(?:--|%23))";

const SCRIPT_VALUES =
  '(?i)(?:(?:<|%3c|%253c)(?:/|%2f)?(?:script|svg|img|iframe|body|object|embed|details|marquee|math)|javascript(?::|%3a)|on(?:error|load|mouseover|focus|click|toggle)(?:[+ ]|%20)*(?:=|%3d)|' +
  'alert(?:\\(|%28)|document(?:\\.|%2e)cookie|string(?:\\.|%2e)fromcharcode|prompt(?:\\(|%28)[0-9])';

const RULES: readonly Rule[] = [
  {
    name: 'http-probing',
    description: 'Many different addresses that do not exist or are refused',
    filter: REFUSED_AND_NOT_STATIC,
    groupby: CLIENT_AND_SITE,
    distinct: 'evt.Meta.http_path',
    capacity: 10,
    leakspeed: '10s',
    blackhole: '5m',
    ...{ technique: 'T1595', behaviour: 'http:scan', confidence: 1 },
  },
  {
    name: 'dos-bypass-cache',
    description: 'A different number behind each address, which no cache knows',
    filter: "evt.Parsed.static_ressource == 'false' and evt.Parsed.http_args matches '^[0-9]{7,12}$'",
    distinct: 'evt.Parsed.http_args',
    capacity: 30,
    leakspeed: '1s',
    blackhole: '1m',
    ...{ technique: 'T1499', behaviour: 'http:dos', confidence: 2 },
  },
  {
    name: 'dos-random-uri',
    description: 'Addresses of six random capital letters',
    filter:
      "evt.Meta.http_verb == 'GET' and evt.Parsed.static_ressource == 'false' and evt.Parsed.http_args == '' and evt.Parsed.file_frag matches '^[A-Z]{6}$'",
    capacity: 30,
    leakspeed: '1s',
    blackhole: '2m',
    ...{ technique: 'T1499', behaviour: 'http:dos', confidence: 2 },
  },
  {
    name: 'dos-switching-ua',
    description: 'One client that calls itself by many names',
    // A page's pictures come with the user agent of the page.
    filter: "evt.Meta.log_type == 'http_access-log' and evt.Parsed.static_ressource == 'false'",
    distinct: 'evt.Parsed.http_user_agent',
    capacity: 10,
    leakspeed: '8s',
    blackhole: '2m',
    ...{ technique: 'T1499', behaviour: 'http:dos', confidence: 1 },
  },
  {
    name: 'dos-invalid-http-versions',
    description: 'A version of HTTP that there is not',
    type: 'trigger',
    filter:
      "evt.Parsed.http_version not in ['0.9', '1.0', '1.1', '2.0', '3.0'] and evt.Parsed.http_version not in ['', '2', '3']",
    blackhole: '2m',
    ...{ technique: 'T1499', behaviour: 'http:dos', confidence: 2 },
  },
  {
    name: 'bad-user-agent',
    description: 'A program that looks for holes and says its name',
    filter: `evt.Parsed.static_ressource == 'false' and evt.Parsed.http_user_agent matches \`${SCANNER_AGENTS}\``,
    capacity: 1,
    leakspeed: '1m',
    blackhole: '2m',
    ...{ technique: 'T1595.002', behaviour: 'http:scan', confidence: 2 },
  },
  {
    name: 'wordpress-login-bf',
    description: 'Logins to WordPress that were refused',
    filter:
      "evt.Meta.http_verb == 'POST' and evt.Meta.http_status == '200' and evt.Parsed.file_name == 'wp-login.php'",
    capacity: 5,
    leakspeed: '10s',
    blackhole: '5m',
    ...{ technique: 'T1110', behaviour: 'http:bruteforce', confidence: 3 },
  },
  {
    name: 'wordpress-xmlrpc-bf',
    description: 'Many requests to xmlrpc.php, over which passwords can be tried',
    filter: "evt.Meta.http_verb == 'POST' and evt.Parsed.file_name == 'xmlrpc.php'",
    capacity: 5,
    leakspeed: '2m',
    blackhole: '5m',
    ...{ technique: 'T1110', behaviour: 'http:bruteforce', confidence: 2 },
  },
  {
    name: 'generic-bf',
    description: 'Login forms sent again and again',
    filter:
      "evt.Meta.http_verb == 'POST' and evt.Meta.http_status == '200' and evt.Parsed.request matches '(?i)/(?:administrator/index\\\\.php|user/login/?|login\\\\.php|signin/?)$'",
    capacity: 5,
    leakspeed: '10s',
    blackhole: '1m',
    ...{ technique: 'T1110', behaviour: 'http:bruteforce', confidence: 1 },
  },
  {
    name: 'http-401-bf',
    description: 'Access refused for lack of a password (401)',
    filter: `evt.Meta.http_status == '401' and evt.Parsed.verb not in ${HTTP_METHODS_OF_FILE_SHARES}`,
    capacity: 5,
    leakspeed: '10s',
    blackhole: '1m',
    ...{ technique: 'T1110', behaviour: 'http:bruteforce', confidence: 2 },
  },
  {
    name: 'http-403-bf',
    description: 'Access forbidden (403), again and again',
    filter: `evt.Meta.http_status == '403' and evt.Parsed.verb not in ${HTTP_METHODS_OF_FILE_SHARES}`,
    capacity: 5,
    leakspeed: '10s',
    blackhole: '1m',
    ...{ technique: 'T1110', behaviour: 'http:bruteforce', confidence: 1 },
  },
  {
    name: 'open-proxy',
    description: 'Tries to use the server as a proxy',
    type: 'trigger',
    filter:
      "evt.Meta.http_status in ['400', '405'] and (evt.Meta.http_verb == 'CONNECT' or evt.Meta.http_path startsWith 'http://' or evt.Meta.http_path startsWith 'https://')",
    blackhole: '2m',
    ...{ technique: 'T1595', behaviour: 'http:scan', confidence: 3 },
  },
  {
    name: 'path-traversal',
    description: 'Tries to leave the folder of the site',
    filter: `evt.Meta.http_path matches \`${TRAVERSAL}\` or (evt.Parsed.static_ressource == 'false' and evt.Parsed.http_args matches \`${OUTSIDE_PLACES}\`)`,
    distinct: 'evt.Meta.http_path',
    capacity: 3,
    leakspeed: '10s',
    blackhole: '2m',
    ...{ technique: 'T1595.002', behaviour: 'http:exploit', confidence: 3 },
  },
  {
    name: 'sensitive-files',
    description: 'Asks for passwords, copies of databases and the like',
    filter: `evt.Parsed.static_ressource == 'false' and evt.Parsed.request matches \`${SENSITIVE_FILES}\``,
    distinct: 'evt.Parsed.request',
    capacity: 4,
    leakspeed: '5s',
    blackhole: '5m',
    ...{ technique: 'T1595.003', behaviour: 'http:scan', confidence: 3 },
  },
  {
    name: 'sqli-probing',
    description: 'Commands for the database in addresses',
    filter: `evt.Parsed.static_ressource == 'false' and evt.Parsed.http_args matches \`${SQL_VALUES}\``,
    distinct: 'evt.Parsed.http_args',
    capacity: 10,
    leakspeed: '1s',
    blackhole: '5m',
    ...{ technique: 'T1595.002', behaviour: 'http:exploit', confidence: 3 },
  },
  {
    name: 'xss-probing',
    description: 'Scripts in addresses',
    filter: `evt.Parsed.static_ressource == 'false' and evt.Parsed.http_args matches \`${SCRIPT_VALUES}\``,
    distinct: 'evt.Parsed.http_args',
    capacity: 5,
    leakspeed: '1s',
    blackhole: '5m',
    ...{ technique: 'T1595.002', behaviour: 'http:exploit', confidence: 3 },
  },
  {
    name: 'admin-interface',
    description: 'Looks for panels of administration that are not there',
    filter: `evt.Meta.http_status in ['403', '404'] and evt.Parsed.request matches \`${ADMIN_PANELS}\``,
    distinct: 'evt.Meta.http_path',
    capacity: 2,
    leakspeed: '10s',
    blackhole: '1m',
    ...{ technique: 'T1595', behaviour: 'http:scan', confidence: 2 },
  },
  {
    name: 'backdoors',
    description: 'Looks for shells that others left behind',
    filter: `evt.Parsed.static_ressource == 'false' and evt.Parsed.request matches \`${BACKDOORS}\``,
    distinct: 'evt.Parsed.request',
    capacity: 1,
    leakspeed: '5s',
    blackhole: '5m',
    ...{ technique: 'T1595.003', behaviour: 'http:scan', confidence: 3 },
  },
  {
    name: 'wordpress-scan',
    description: 'Programs of WordPress that are not there or refused',
    filter:
      "evt.Meta.http_status in ['403', '404'] and Lower(evt.Meta.http_path) contains '/wp-' and Lower(evt.Meta.http_path) endsWith '.php'",
    distinct: 'evt.Meta.http_path',
    capacity: 3,
    leakspeed: '10s',
    blackhole: '5m',
    ...{ technique: 'T1595', behaviour: 'http:scan', confidence: 3 },
  },
  {
    name: 'wordpress-user-enum',
    description: 'Asks WordPress for its authors, one by one',
    filter: "evt.Parsed.static_ressource == 'false' and Lower(evt.Parsed.http_args) contains 'author='",
    distinct: 'evt.Parsed.http_args',
    capacity: 5,
    leakspeed: '10s',
    blackhole: '5m',
    ...{ technique: 'T1589', behaviour: 'http:scan', confidence: 3 },
  },
  {
    name: 'wpconfig',
    description: 'Copies of the configuration of WordPress',
    filter: "evt.Parsed.static_ressource == 'false' and evt.Parsed.file_name contains 'wp-config.php'",
    distinct: 'evt.Parsed.file_name',
    capacity: 5,
    leakspeed: '10s',
    blackhole: '5m',
    ...{ technique: 'T1595.003', behaviour: 'http:scan', confidence: 3 },
  },
  {
    name: 'nginx-limit-req',
    description: 'More than the limit of the server lets pass',
    filter: "evt.Meta.sub_type == 'req_limit_exceeded'",
    capacity: 5,
    leakspeed: '60s',
    blackhole: '5m',
    ...{ technique: 'T1499', behaviour: 'http:dos', confidence: 2 },
  },
];

/** Counts a site that has many pages without an extension as a crawl: six of six alerts false (floods spec, 8). */
const CRAWL: Rule = {
  name: 'http-crawl-non_statics',
  description: 'Many different pages in a short time',
  filter: "evt.Parsed.static_ressource == 'false' and evt.Meta.http_verb in ['GET', 'HEAD']",
  groupby: CLIENT_AND_SITE,
  distinct: 'evt.Parsed.file_name',
  capacity: 40,
  leakspeed: '0.5s',
  blackhole: '1m',
  ...{ technique: 'T1595', behaviour: 'http:crawl', confidence: 1 },
};

/** Rules applied to every log. */
export const DEFAULT_SCENARIOS: readonly Scenario[] = RULES.map(scenarioOf);

/** All rules of ours, also those that are only applied when they are asked for by name. */
export const OWN_SCENARIOS: readonly Scenario[] = [...DEFAULT_SCENARIOS, scenarioOf(CRAWL)];

function scenarioOf(rule: Rule): Scenario {
  const { name, description, type, filter, groupby, distinct, capacity, leakspeed, blackhole } = rule;
  const map = new Map<string, unknown>(
    Object.entries({
      name,
      description,
      type: type ?? 'leaky',
      filter,
      groupby: groupby ?? 'evt.Meta.source_ip',
      distinct,
      capacity,
      leakspeed,
      blackhole,
      labels: new Map<string, unknown>([
        ['classification', [`attack.${rule.technique}`]],
        ['behavior', rule.behaviour],
        ['confidence', rule.confidence],
        ['spoofable', 0],
        ['remediation', true],
      ]),
    }).filter(([, value]) => value !== undefined),
  );
  return crowdSecScenario(map, 'vigia', 'vigia');
}
