import type { Http } from '../../../../records/kinds/http.js';
import { decoded, type Field, fieldsOf } from './fields.js';

/** Kinds of what goes in the clear, gravest first. */
export const LEAK_KINDS = [
  'password',
  'session',
  'device-id',
  'advertising-id',
  'location',
  'phone',
  'email',
  'wifi',
] as const;
export type LeakKind = (typeof LEAK_KINDS)[number];

/** One thing said in the clear: its kind, and where in the request. Never the value. */
export interface Leak {
  readonly kind: LeakKind;
  readonly place: 'header' | 'cookie' | 'address' | 'body' | 'answer';
}

/** Names of parameters without what is neither letter nor digit. */
const names = (...list: readonly string[]): ReadonlySet<string> => new Set(list);
const PASSWORD_NAMES = names(
  ...[
    'password',
    'passwd',
    'passw',
    'pass',
    'pwd',
    'passphrase',
    'userpassword',
    'userpass',
    'loginpassword',
  ],
  ...[
    'currentpassword',
    'newpassword',
    'oldpassword',
    'contrasena',
    'contraseña',
    'clave',
    'senha',
    'pin',
    'jpassword',
  ],
);
const SESSION_NAMES = names(
  ...[
    'sessionid',
    'session',
    'sid',
    'sessiontoken',
    'accesstoken',
    'authtoken',
    'auth',
    'jsessionid',
    'phpsessid',
  ],
  ...['idtoken', 'refreshtoken', 'apikey', 'usertoken', 'logintoken', 'jwt'],
);
const IMEI_NAMES = names(
  'imei',
  'imei1',
  'imei2',
  'deviceid',
  'devid',
  'did',
  'device',
  'uid',
  'udid',
  'hwid',
  'meid',
);
const SUBSCRIBER_NAMES = names('imsi', 'subscriberid');
const CARD_NAMES = names('iccid', 'simserial', 'simserialnumber');
const ANDROID_NAMES = names('androidid', 'aid', 'ssaid', 'androiddeviceid', 'deviceid', 'did', 'udid');
const SERIAL_NAMES = names('serial', 'serialno', 'serialnumber', 'deviceserial', 'hwserial');
const MAC_NAMES = names('mac', 'macaddr', 'macaddress', 'wifimac', 'devicemac');
const ADVERTISING_NAMES = names(
  ...[
    'idfa',
    'idfv',
    'gaid',
    'adid',
    'aaid',
    'ifa',
    'advertisingid',
    'googleadid',
    'advertiserid',
    'adsid',
    'rdid',
  ],
  ...['googleaid', 'gpsadid', 'advid', 'advertisingidentifier'],
);
const LATITUDE_NAMES = names('lat', 'latitude', 'latitud', 'geolat', 'userlat', 'locationlat');
const LONGITUDE_NAMES = names(
  'lon',
  'lng',
  'long',
  'longitude',
  'longitud',
  'geolon',
  'geolng',
  'userlon',
  'userlng',
  'locationlon',
);
const PAIR_NAMES = names(
  'll',
  'latlng',
  'latlon',
  'latlong',
  'location',
  'coords',
  'coordinates',
  'geo',
  'loc',
  'gps',
  'position',
);
const PHONE_NAMES = names(
  ...[
    'phone',
    'phonenumber',
    'phoneno',
    'msisdn',
    'mobile',
    'mobilenumber',
    'tel',
    'telephone',
    'telefono',
    'teléfono',
  ],
  ...['celular', 'cellphone', 'linenumber', 'line1number'],
);
const NETWORK_NAMES = names('ssid', 'wifissid', 'wifiname', 'networkname');
const STATION_NAMES = names('bssid', 'wifibssid', 'apmac');

const SESSION_COOKIE = /sess|^sid$|^s?token|auth|login|connect\.sid|jwt|\.sid$|^sso/i;
/** Shorter values tell nobody apart. */
const LEAST_SECRET = 8;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAC = /^[0-9a-f]{2}([:-]?)(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i;
/** Three decimals are a hundred metres: fewer tell a town. */
const COORDINATE = /^-?\d{1,3}\.\d{3,20}$/;

/** What a request says in the clear about a person, a device or an account; each kind once per place. */
export function leaksOf(record: Http): readonly Leak[] {
  const found = new Map<string, Leak>();
  const add = (kind: LeakKind, place: Leak['place']): void => {
    found.set(`${kind} ${place}`, { kind, place });
  };
  for (const [name, value] of record.requestHeaders) headerLeak(name, value, add);
  for (const [name, value] of record.responseHeaders) {
    if (name.toLowerCase() === 'set-cookie' && isSessionCookie(value)) add('session', 'answer');
  }
  const target = record.target === null ? [] : fieldsOf({ ...record, requestBodyStart: null });
  for (const kind of fieldLeaks(target)) add(kind, 'address');
  for (const kind of fieldLeaks(fieldsOf({ ...record, target: null }))) add(kind, 'body');
  const query = record.target?.indexOf('?') ?? -1;
  const path = query === -1 ? record.target : (record.target?.slice(0, query) ?? null);
  if (path !== null && hasEmailAddress(decoded(path.slice(0, 4_096)))) add('email', 'address');
  return [...found.values()];
}

function headerLeak(name: string, value: string, add: (kind: LeakKind, place: Leak['place']) => void): void {
  const plain = name.toLowerCase();
  if (plain === 'authorization' || plain === 'proxy-authorization') {
    // RFC 7617: name and password, only coded. RFC 6750: whoever has the token is the person.
    if (/^basic\s+\S/i.test(value)) add('password', 'header');
    else if (/^bearer\s+\S{8}/i.test(value)) add('session', 'header');
  } else if (plain === 'cookie') {
    for (const pair of value.split(';', 100)) if (isSessionCookie(pair)) add('session', 'cookie');
  }
}

function isSessionCookie(text: string): boolean {
  const equals = text.indexOf('=');
  if (equals === -1) return false;
  const semicolon = text.indexOf(';', equals);
  const value = text.slice(equals + 1, semicolon === -1 ? undefined : semicolon).trim();
  return value.length >= LEAST_SECRET && SESSION_COOKIE.test(text.slice(0, equals).trim().slice(0, 100));
}

function* fieldLeaks(fields: readonly Field[]): Generator<LeakKind> {
  let hasLatitude = false;
  let hasLongitude = false;
  for (const field of fields) {
    const { name, value } = field;
    if (LATITUDE_NAMES.has(name) && isCoordinate(value, 90)) hasLatitude = true;
    if (LONGITUDE_NAMES.has(name) && isCoordinate(value, 180)) hasLongitude = true;
    if (PAIR_NAMES.has(name) && isPair(value)) yield 'location';
    yield* fieldLeak(field);
  }
  if (hasLatitude && hasLongitude) yield 'location';
}

function* fieldLeak({ name, value }: Field): Generator<LeakKind> {
  if (PASSWORD_NAMES.has(name) && (name !== 'pin' || isDigits(value, 4, 8))) yield 'password';
  if (SESSION_NAMES.has(name) && value.length >= LEAST_SECRET * 2) yield 'session';
  if (isDeviceId(name, value)) yield 'device-id';
  if (ADVERTISING_NAMES.has(name) && isUsedUuid(value)) yield 'advertising-id';
  if (PHONE_NAMES.has(name) && isPhoneNumber(value)) yield 'phone';
  if (NETWORK_NAMES.has(name) || (STATION_NAMES.has(name) && MAC.test(value))) yield 'wifi';
  if (hasEmailAddress(value)) yield 'email';
}

function isDeviceId(name: string, value: string): boolean {
  return (
    (IMEI_NAMES.has(name) && isImei(value)) ||
    (SUBSCRIBER_NAMES.has(name) && isDigits(value, 14, 15)) ||
    (CARD_NAMES.has(name) && isDigits(value, 18, 22)) ||
    (ANDROID_NAMES.has(name) && /^[0-9a-f]{16}$/i.test(value)) ||
    (SERIAL_NAMES.has(name) && /^[0-9a-z]{6,32}$/i.test(value)) ||
    (MAC_NAMES.has(name) && MAC.test(value) && !/^(?:02|00)[:-]?(?:00[:-]?){4}00$/.test(value))
  );
}

/** Fifteen digits whose last is the check digit of the others (3GPP TS 23.003, annex B). */
export function isImei(value: string): boolean {
  if (!isDigits(value, 15, 15) || /^(\d)\1+$/.test(value)) return false;
  let sum = 0;
  for (let index = 0; index < 15; index += 1) {
    const digit = value.charCodeAt(14 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Phones on which the person turned advertising off send zeros. */
function isUsedUuid(value: string): boolean {
  return UUID.test(value) && !/^[0-]+$/.test(value);
}

function isPhoneNumber(value: string): boolean {
  if (value.length > 24 || !/^\+?[\d ().-]+$/.test(value)) return false;
  const digits = value.replaceAll(/\D/g, '');
  // ITU-T E.164: fifteen at most.
  return digits.length >= 8 && digits.length <= 15;
}

function isDigits(value: string, least: number, most: number): boolean {
  return value.length >= least && value.length <= most && /^\d+$/.test(value);
}

function isCoordinate(value: string, limit: number): boolean {
  return (
    value.length <= 24 && COORDINATE.test(value) && Math.abs(Number(value)) <= limit && Number(value) !== 0
  );
}

function isPair(value: string): boolean {
  const comma = value.search(/[,;| ]/);
  if (comma === -1) return false;
  return isCoordinate(value.slice(0, comma), 90) && isCoordinate(value.slice(comma + 1).trim(), 180);
}

/** Whether a text has an e-mail address in it; only around the signs, so that long texts cost no more than their length. */
export function hasEmailAddress(text: string): boolean {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const before = text.slice(Math.max(0, at - 64), at);
    const behind = text.slice(at + 1, at + 1 + 128);
    if (/[A-Za-z0-9][A-Za-z0-9._%+-]{0,62}$/.test(before) && isMailHost(behind)) return true;
  }
  return false;
}

/** `@2x.png` of pictures, `@1.2.3` of packages and `@user` are none. */
function isMailHost(text: string): boolean {
  const host = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){1,5}/.exec(text)?.[0];
  if (host === undefined) return false;
  const last = host.slice(host.lastIndexOf('.') + 1);
  return /^[A-Za-z]{2,24}$/.test(last) && !FILE_ENDINGS.has(last.toLowerCase());
}

const FILE_ENDINGS: ReadonlySet<string> = new Set([
  ...[
    'png',
    'jpg',
    'jpeg',
    'gif',
    'webp',
    'svg',
    'css',
    'js',
    'mjs',
    'json',
    'html',
    'htm',
    'php',
    'mp4',
    'woff',
    'ico',
  ],
]);
