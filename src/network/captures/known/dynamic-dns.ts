/**
 * Parents under which anybody gets a name for a changing address, free or nearly so. People reach their cameras and
 * servers at home by such names; so did many implants, because the name costs nothing and says nothing about its owner.
 *
 * Own collection of the providers' published parents (No-IP, Dyn, ChangeIP, Dynu, FreeDNS, Duck DNS, deSEC, DNSExit, makers
 * of routers and network storage, tunnels), recalled up to 2026-11; many stand in the private part of the Public Suffix List
 * too. Anyone may add to it.
 */
import { plainHost } from './host-names.js';

/**
 * `dynamic`: anybody's. `appliance`: names that a maker hands out with its routers or storage: almost always somebody's
 * own device. `tunnel`: leads to a computer behind another network, for as long as a program runs.
 */
export type DynamicDnsKind = 'dynamic' | 'appliance' | 'tunnel';

const DYNAMIC = `
3utilities.com access.ly blogsyte.com bounceme.net brasilia.me cable-modem.org ciscofreak.com collegefan.org
couchpotatofries.org damnserver.com ddns.me ddns.net ddnsking.com ditchyourip.com dnsfor.me dnsiskinky.com dvrcam.info
dynns.com eating-organic.net fantasyleague.cc freedynamicdns.net freedynamicdns.org geekgalaxy.com golffan.us gotdns.ch
health-carereform.com homesecuritymac.com homesecuritypc.com hopto.me hopto.org hosthampster.com ilovecollege.info loginto.me
mlbfan.org mmafan.biz myactivedirectory.com myddns.me mydissent.net myeffect.net myftp.biz myftp.org mymediapc.net mypsx.net
mysecuritycamera.com mysecuritycamera.net mysecuritycamera.org myvnc.com net-freaks.com nflfan.org nhlfan.net no-ip.biz
no-ip.ca no-ip.co.uk no-ip.info no-ip.net no-ip.org noip.me noip.us onthewifi.com pgafan.net point2this.com pointto.us
privatizehealthinsurance.net quicksytes.com read-books.org redirectme.net securitytactics.com servebeer.com serveblog.net
servecounterstrike.com serveexchange.com serveftp.com servegame.com servehalflife.com servehttp.com servehumour.com
serveirc.com serveminecraft.net servemp3.com servep2p.com servepics.com servequake.com servesarcasm.com stufftoread.com
sytes.net ufcfan.org unusualperson.com viewdns.net webhop.me workisboring.com zapto.org

ath.cx blogdns.com blogdns.net blogdns.org dnsalias.com dnsalias.net dnsalias.org dnsdojo.com dnsdojo.net dnsdojo.org
doesntexist.com doesntexist.org dontexist.com dontexist.net dontexist.org dynalias.com dynalias.net dynalias.org
dynathome.net dyndns.biz dyndns.info dyndns.org dyndns.tv dyndns.ws endofinternet.net endofinternet.org ftpaccess.cc
game-host.org game-server.cc getmyip.com gotdns.com gotdns.org homedns.org homeftp.net homeftp.org homeip.net homelinux.com
homelinux.net homelinux.org homeunix.com homeunix.net homeunix.org is-a-geek.com is-a-geek.net is-a-geek.org isa-geek.com
isa-geek.net isa-geek.org kicks-ass.net kicks-ass.org merseine.nu mine.nu myphotos.cc office-on-the.net podzone.net
podzone.org readmyblog.org scrapping.cc selfip.biz selfip.com selfip.info selfip.net selfip.org servebbs.com servebbs.net
servebbs.org serveftp.net serveftp.org shacknet.nu thruhere.net webhop.biz webhop.info webhop.net webhop.org

1dumb.com 25u.com 2waky.com 3-a.net 4dq.com 4mydomain.com 4pu.com acmetoy.com almostmy.com americanunfinished.com
authorizeddns.net authorizeddns.org authorizeddns.us bigmoney.biz changeip.org compress.to ddns.info ddns.mobi ddns.ms
ddns.name ddns.us dns04.com dns05.com dns1.us dns2.us dnset.com dnsrd.com dsmtp.com dumb1.com dynamic-dns.net dynamicdns.biz
dynamicdns.co.uk dynamicdns.me.uk ezua.com faqserv.com fartit.com freetcp.com freewww.biz freewww.info ftp1.biz ftpserver.biz
gettrials.com got-game.org gr8domain.biz gr8name.biz https443.net https443.org ikwb.com instanthq.com iownyour.biz
iownyour.org isasecret.com itemdb.com itsaol.com jetos.com jkub.com jungleheart.com justdied.com lflink.com lflinkup.com
lflinkup.net lflinkup.org longmusic.com mefound.com misecure.com moneyhome.biz mrbasic.com mrbonus.com mrface.com mrslove.com
my03.com mydad.info myddns.com myftp.info myftp.name mylftv.com mymom.info mynetav.com mynetav.net mynetav.org mynumber.org
mypicture.info mypop3.net mypop3.org mysecondarydns.com mywww.biz myz.info ninth.biz ns01.biz ns01.info ns01.us ns02.biz
ns02.info ns02.us ns1.name ns2.name ns3.name ocry.com onedumb.com onmypc.biz onmypc.info onmypc.net onmypc.org onmypc.us
organiccrap.com otzo.com ourhobby.com pcanywhere.net port25.biz proxydns.com qhigh.com qpoe.com rebatesrule.net
sellclassics.com sendsmtp.com serveuser.com serveusers.com sexidude.com sexxxy.biz sixth.biz squirly.info ssl443.org
ssmailer.com toh.info toythieves.com trickip.net trickip.org vizvaz.com wha.la wikaba.com www1.biz wwwhost.biz x24hr.com
xxuz.com xxxy.biz xxxy.info ygto.com youdontcare.com yourtrap.com zyns.com zzux.com

accesscam.org camdvr.org casacam.net ddnsfree.com ddnsgeek.com dynu.net freeddns.org giize.com gleeze.com kozow.com
loseyourip.com mywire.org ooguy.com theworkpc.com webredirect.org

1337.cx 69.mu abuser.eu allowed.org awiki.org b0tnet.com bot.nu byte4byte.com chickenkiller.com cloudwatch.net crabdance.com
custom-gaming.net evils.in ez.lv fairuse.org fr.to ftp.sh h4ck.me homenet.org ignorelist.com jumpingcrab.com kir.jp leet.la
linkin.tw mine.bz mooo.com port0.org punked.us pwnz.org root.sx soon.it spacetechnology.net strangled.net suroot.com
twilightparadox.com uk.to undo.it us.to x64.me

darktech.org deaftone.com dtdns.net effers.com etowns.net flnet.org slyip.com slyip.net

linkpc.net publicvm.com line.pm run.place work.gd ix.tc

duckdns.org dedyn.io dynv6.net ipv64.net ydns.eu nsupdate.info dy.fi dnsd.info dnsd.me dnsup.net now-dns.net now-dns.org
now-dns.top dnshome.de ddnss.de ddnss.org dyndns1.de dyn-ip24.de dyn.home-webserver.de dynip.online ddns-ip.net goip.de
feste-ip.net home-webserver.de selfhost.bz selfhost.eu selfhost.me spdns.de spdns.eu spdns.org my-gateway.de my-router.de
my-wan.de firewall-gateway.com firewall-gateway.de firewall-gateway.net dd-dns.de dnsupdater.de dynamisches-dns.de
internet-dns.de l-o-g-i-n.de dns-cloud.net dns-dynamic.net hopper.pw dynserv.org tzo.com tzo.net
2288.org 3322.net 3322.org 6600.org 7766.org 8800.org 8866.org 9966.org f3322.net f3322.org eicp.net gicp.net oicp.net
vicp.net xicp.net
`;

const APPLIANCE = `
synology.me diskstation.me diskstation.eu diskstation.org dscloud.me dscloud.biz dscloud.mobi dsmynas.com dsmynas.net
dsmynas.org familyds.com familyds.net familyds.org i234.me myds.me direct.quickconnect.to
myqnapcloud.com mycloudnas.com mynascloud.com qnapcloud.io wdmycloud.com
asuscomm.com sn.mynetname.net vpndns.net tplinkdns.com dlinkddns.com keenetic.link keenetic.name keenetic.pro myfritz.net
freeboxos.fr hikvision-ddns.com hik-connect.com dahuaddns.com quickddns.com easyddns.com myfoscam.org mynetgear.com
draytek.me drayddns.com zyxel.me ezviz7.com ui.direct ubnt.direct nabu.casa
`;

const TUNNEL = `
ngrok.io ngrok.app ngrok.dev ngrok-free.app ngrok-free.dev ngrok.pizza trycloudflare.com loca.lt localtunnel.me serveo.net
serveousercontent.com portmap.io portmap.host pagekite.me localhost.run lhr.life lhr.rocks lhrtunnel.link ply.gg playit.gg
bore.pub pinggy.io pinggy.link pinggy.online telebit.io telebit.cloud tunnelmole.net devtunnels.ms zrok.io ts.net
packetriot.net localto.net expose.dev sharedwithexpose.com
`;

/** Every parent with what kind it is. */
export const DYNAMIC_DNS_PARENTS: ReadonlyMap<string, DynamicDnsKind> = new Map([
  ...parents(DYNAMIC, 'dynamic'),
  ...parents(APPLIANCE, 'appliance'),
  ...parents(TUNNEL, 'tunnel'),
]);

function parents(text: string, kind: DynamicDnsKind): (readonly [string, DynamicDnsKind])[] {
  return text
    .split(/\s+/)
    .filter((parent) => parent !== '')
    .map((parent) => [parent, kind] as const);
}

/**
 * The listed parent of a host under it; null when there is none. The parent itself and its `www` are the provider's own
 * pages.
 *
 * @example
 * dynamicDnsParent('casa.duckdns.org'); // 'duckdns.org'
 * dynamicDnsParent('www.duckdns.org'); // null
 */
export function dynamicDnsParent(host: string): string | null {
  const name = plainHost(host);
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const parent = name.slice(dot + 1);
    if (!DYNAMIC_DNS_PARENTS.has(parent)) continue;
    return dot === 0 || name.slice(0, dot) === 'www' ? null : parent;
  }
  return null;
}
