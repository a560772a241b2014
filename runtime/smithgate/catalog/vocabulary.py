"""The words of wishes and what AWS calls the same: verbs, nouns, services, phrases.

Owns the vocabulary as data, reviewed by people. How words become comparable is in
``words``, how much a match counts in ``ranking``.
"""

from .words import stem


def _table(text: str) -> dict[str, dict[str, float]]:
    """Read lines of ``words: term term*factor``; every word stands for the terms."""
    table: dict[str, dict[str, float]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        said, _, meant = line.partition(":")
        weights: dict[str, float] = {}
        for item in meant.split():
            term, _, factor = item.partition("*")
            weights[stem(term)] = float(factor or 1)
        for word in said.split():
            own = {stem(word): 1.0}
            table[stem(word)] = {**own, **weights}
    return table


VERBS = _table("""
    list enumerate: list describe*.9 get*.75 search*.6 scan*.4 query*.4
    describe: describe get*.9 list*.7
    get show retrieve view display see read fetch check determine obtain return look lookup inspect print tell know: get describe*.95 list*.8 lookup*.6 search*.4 retrieve*.8 view*.8 check*.7 read*.8 query*.4
    find search query locate: search list*.8 describe*.8 get*.7 find query*.9 filter*.8 lookup*.9 scan*.5 select*.5
    create make build provision new: create put*.6 register*.5 add*.5 allocate*.6 start*.45 run*.45 request*.4 generate*.6 copy*.2 import*.3 build*.6
    generate: create*.7 get*.5 start*.4
    delete destroy erase drop wipe nuke: delete remove*.8 terminate*.6 deregister*.6 purge*.6 cancel*.4 release*.5 revoke*.4 disassociate*.4 unsubscribe*.4
    remove: delete*.9 deregister*.7 disassociate*.7 detach*.7 untag*.8 revoke*.7 terminate*.4 release*.5 unassign*.7 update*.35 modify*.35 cancel*.4 disable*.5
    empty purge clear flush: purge delete*.6 flush clear reset*.5
    update modify change edit alter adjust resize scale: update modify put*.75 set*.75 change*.8 edit*.7 reset*.5 replace*.6
    set configure specify define: set put*.95 update*.85 modify*.85 create*.5 configure*.9 change*.6 enable*.4
    replace overwrite swap: replace put*.75 update*.85 set*.75 modify*.6
    add: create*.75 put*.8 tag*.7 attach*.75 associate*.7 register*.7 authorize*.7 update*.45 modify*.4 allocate*.4 enable*.3 assign*.6
    attach mount: attach associate*.8 put*.7 add*.7 create*.4 tag*.5
    associate link connect join: associate attach*.8 connect*.8 link*.8 add*.5 create*.5 put*.4 join*.5 tag*.4
    assign: associate*.8 put*.6 add*.6 attach*.6 set*.5 update*.4 tag*.5
    detach unlink disconnect unmount: detach disassociate*.9 disconnect*.9 remove*.6 delete*.5 unlink*.9 unassign*.7
    disassociate dissociate: disassociate detach*.8 remove*.5 delete*.5 unassign*.6
    enable activate: enable activate put*.65 update*.6 start*.6 modify*.5 create*.4 set*.5 register*.4 associate*.4 resume*.4
    disable deactivate: disable deactivate update*.55 stop*.55 modify*.5 put*.45 delete*.45 cancel*.4 suspend*.5 disassociate*.4 deregister*.4
    start begin launch run execute boot: start run execute create*.6 invoke*.7 send*.5 launch*.9 begin*.8 initiate*.8 restart*.4 retry*.3 submit*.4
    invoke call trigger: invoke execute*.7 run*.6 start*.6 send*.4 call*.8
    stop end halt shutdown: stop terminate*.75 cancel*.75 disable*.4 end*.8 delete*.35 suspend*.5 pause*.6
    cancel abort: cancel abort stop*.8 delete*.4 terminate*.5
    terminate kill: terminate stop*.75 delete*.7 cancel*.6 kill
    pause suspend: pause suspend stop*.8 disable*.5 update*.3
    resume continue: resume start*.7 continue enable*.4 restart*.6
    restart reboot bounce: restart reboot retry*.5 start*.4 reset*.4 redrive*.3
    send publish post: send publish put*.7 post*.9 submit*.6 create*.3
    upload write store save insert push: upload put write*.9 import*.7 create*.55 publish*.5 add*.4 store*.8 save*.8
    download export pull: download export get*.85 create*.4 start*.5 copy*.2
    import: upload*.7 create*.55 start*.5 put*.3 register*.4
    copy clone duplicate: copy clone create*.35 duplicate start*.3
    move: update*.4 transfer*.7 modify*.4 change*.4
    restore recover undelete: restore recover start*.45 undelete*.6 rollback*.5 cancel*.4 untrash*.4
    rename: update modify rename set*.5
    tag label: tag add*.7 create*.6 put*.5 label*.6 update*.3
    untag: remove*.8 delete*.6
    register enroll: register create*.6 enroll add*.5 associate*.4
    deregister: delete*.6 remove*.6
    grant allow authorize permit share: grant authorize*.95 allow*.9 add*.7 put*.6 create*.5 share*.9 modify*.3 enable*.3 associate*.4 attach*.3
    open: authorize open*.9 create*.5 enable*.4
    revoke deny block: revoke remove*.7 delete*.5 deny*.8 cancel*.4 put*.4
    accept approve: accept approve confirm*.7 update*.4 put*.3
    reject decline: reject decline delete*.3 deny*.8 update*.3
    request order buy purchase: request purchase create*.6 order*.9 start*.3 allocate*.5
    reset: update*.5 modify*.4 restore*.5
    test validate verify: test validate verify check*.7 evaluate*.6 simulate*.6 confirm*.5 start*.3 get*.3
    simulate: simulate test*.6 evaluate*.6
    allocate reserve: allocate create*.6 purchase*.5 request*.5
    release free: release delete*.5 deallocate*.8 disassociate*.4
    encrypt protect: encrypt put*.4 enable*.4
    decrypt: decrypt
    subscribe: create*.5
    unsubscribe: delete*.5
    count: get*.8 describe*.7 list*.6
    filter: list*.9 describe*.9 get*.7 search*.8 filter
    refresh: refresh update*.4
    initialize: initialize start*.7 create*.5
    invite: create*.6 send*.5
    submit: start*.8 create*.7 put*.6 send*.6
    initiate: start*.9 create*.7
    promote: promote
    rotate: rotate update*.4 enable*.4
    scan: scan start*.5
    apply: apply put*.6 update*.6 attach*.5 create*.4 set*.5 start*.4 tag*.4
    schedule: create*.7 put*.6 start*.4
    deploy: create*.8 start*.6 update*.5
    monitor watch track: monitor describe*.5 get*.5 enable*.4 create*.3 put*.3
    poll receive consume: poll receive get*.5
    unlock: enable*.4
    lock: lock put*.4
    assume: assume
    expire: put*.5 update*.3
    detect identify analyze: detect analyze*.6 start*.4 list*.3
    confirm: confirm update*.3
    complete finish: complete finish stop*.4 end*.4
    merge: merge
    split: split
    sign: sign
    archive: archive update*.3
    unarchive: unarchive update*.3
    increase: increase update*.5 modify*.5
    decrease reduce: decrease update*.5 modify*.5
    retry: retry start*.4 restart*.4
    signal: signal send*.4
    issue: issue create*.4
    reply respond answer: respond send*.4 post*.4 put*.3
    override: override put*.4 update*.4
    deprecate retire: deprecate retire update*.3 delete*.3
    unassign: unassign disassociate*.6 remove*.5
    extend: extend update*.4 modify*.4
    perform: start*.7 run*.6 create*.4 execute*.5
    load: import*.7 create*.5 start*.5 put*.4
    establish: create start*.6
    include: add*.8 put*.6 update*.5 associate*.5
    revert: rollback*.8 restore*.7 reset*.6
    synchronize sync: synchronize sync start*.5 update*.3
    designate nominate: register*.7 enable*.6 put*.5 associate*.5
    choose select pick: select set*.7 put*.6 update*.5 get*.4
    forget: delete*.6 forget
    discard: delete*.9 remove*.7
    mute: disable*.8 mute suspend*.6 put*.4
    preview: preview get*.5
    prevent: disable*.6 block*.6 put*.4 deny*.5
    acknowledge: acknowledge
    commit: commit create*.4
""")
"""Stem of a verb that people say → first words of operation names, with factors."""

NOUNS = _table("""
    server machine vm box host computer: instance*.7
    fleet: autoscalinggroup*.6 instance*.4
    handler snippet code: function*.7
    serverless: lambda function*.7
    nosql: dynamodb table*.6
    docker: container*.8 image*.6 ecr*.6 ecs*.5
    app application: application service*.3 function*.3
    colleague person people customer bob alice employee: user*.8
    team: group*.8
    channel: topic*.7 channel
    listener subscriber: subscription*.7 listener
    work: message*.5 task*.3
    material: key*.6
    ciphertext plaintext: key*.3
    token: token secret*.4
    output print: log*.5 output
    exception error failure: error log*.4
    ram memory cpu: type*.4 memory
    static fixed: static address*.5
    report document pdf csv upload blob picture photo: object*.6
    storage: bucket*.7 storage
    container: container
    website site page: website*.7
    screen: dashboard*.6
    workflow: statemachine*.7 execution*.5 workflow
    compute: instance*.4
    network: vpc*.7 network
    terminal shell: session*.7
    bash script apt: command*.7
    patch update upgrade: patch*.6
    cve vulnerability: finding*.7 scan*.5
    build image: image build
    group: group
    throughput: capacity*.6 throughput
    nightly hourly daily morning: schedule*.6 rule*.5
    balancer: loadbalancer*.8
    gateway: gateway
    money dollar price: cost*.7 price
    account: account
    developer: developer user*.4
    administrator: admin*.6
    authenticator: mfadevice*.8
    ssh: ssh securitygroup*.3 keypair*.3
    port https traffic: securitygroup*.6 port
    pem: keypair*.8
    rollout: deployment*.6 stack*.5
    yaml infrastructure: stack*.7 template*.6
    database: db*.9
    db: database*.8
    ip: address*.5
    cert: certificate
    repo: repository
    password: secret*.4 loginprofile*.4 credential*.3
    credential: secret*.4 key*.3
    permission right: policy*.5
    access: permission*.4 policy*.3
    pic picture: image*.6
    file: object*.6 file
    folder: object*.3 prefix*.4
    disk drive: volume*.8
    alert warning: alarm*.7
    firewall: securitygroup*.7
    sg: securitygroup
    ami: image*.8
    asg: autoscalinggroup
    eip: address*.8
    eni nic: networkinterface
    igw: internetgateway
    tgw: transitgateway
    nacl: networkacl
    rt: routetable*.5
    cmk: key*.8
    lb alb nlb elb: loadbalancer
    cron timer: schedule*.7 rule*.5
    topic: topic
    stats statistic: metric*.6
    graph chart: metric*.5 dashboard*.4
    bill cost spend: cost usage*.5
    dns: hostedzone*.5 recordset*.5 dns
    k8s kubernetes: eks*.6 cluster*.3
    backup: snapshot*.6
    size: type*.3
    logins login signin: loginprofile*.6
    mfa: mfadevice*.6
    identity whoami: calleridentity*.7
    lambda: function*.6
    mail: email
    sms text: sms
    env: environment
    config setting: configuration*.7
    configuration: config*.8 setting*.5
    tag: untag*.95
    application: app*.8
    information: info*.8
    ca: certificateauthority*.8
    ou: organizationalunit*.9
    acl: acl
    subnet: subnet
    param: parameter
    lifecycle: lifecycle
    log: log
    sync: synchronization*.5
    quota limit: quota*.7 limit*.7
    outage incident: event*.4
    member: account*.3
    admin: administrator*.7
    job: job
    deadletter dlq: deadletter
    pipeline: pipeline
""")
"""Stem of a noun that people say → stems in names; a joined word is two neighbours."""

PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    tuple(said.split()): tuple(meant.split())
    for said, meant in {
        "who am i": "get caller identity",
        "whoami": "get caller identity",
        "turn on": "enable",
        "switch on": "enable",
        "turn off": "disable",
        "switch off": "disable",
        "spin up": "launch",
        "bring up": "launch",
        "fire up": "start",
        "stand up": "create",
        "set up": "create",
        "tear down": "delete",
        "shut down": "stop",
        "take down": "stop",
        "get rid of": "delete",
        "throw away": "delete",
        "clean out": "purge",
        "give access": "grant access",
        "look up": "lookup",
        "look at": "show",
        "find out": "get",
        "kick off": "start",
        "roll back": "rollback",
        "log in": "login",
        "sign in": "signin",
        "virtual private cloud": "vpc",
        "virtual machine": "instance",
        "hard drive": "volume",
        "access control list": "acl",
        "security token": "sts token",
        "elastic ip": "address",
        "load balancers": "loadbalancer",
        "machine image": "image",
        "how many": "count",
        "hard disk": "volume",
        "dead letter": "deadletter",
        "key management service": "kms",
    }.items()
}
"""Words in a row that stand for others; the longest one that fits is taken."""

NICKNAMES: dict[str, tuple[str, ...]] = {
    "alb": ("elbv2",),
    "nlb": ("elbv2",),
    "asg": ("autoscaling",),
    "athena": ("athena",),
    "bus": ("events",),
    "cdn": ("cloudfront",),
    "certificate": ("acm",),
    "cloudwatch": ("cloudwatch", "logs"),
    "cognito": ("cognito-idp", "cognito-identity"),
    "cron": ("events", "scheduler"),
    "ddb": ("dynamodb",),
    "dynamo": ("dynamodb",),
    "ebs": ("ec2", "ebs"),
    "elb": ("elbv2", "elb"),
    "eventbridge": ("events", "scheduler", "pipes"),
    "fargate": ("ecs",),
    "firehose": ("firehose",),
    "kubernetes": ("eks",),
    "k8s": ("eks",),
    "lambda": ("lambda",),
    "loadbalancer": ("elbv2", "elb"),
    "postgres": ("rds",),
    "mysql": ("rds",),
    "aurora": ("rds",),
    "redis": ("elasticache",),
    "memcached": ("elasticache",),
    "sfn": ("stepfunctions",),
    "sso": ("sso-admin", "identitystore"),
    "statemachine": ("stepfunctions",),
    "vpc": ("ec2",),
    "eni": ("ec2",),
    "ami": ("ec2",),
    "waf": ("wafv2",),
    "docker": ("ecr", "ecs"),
    "parameterstore": ("ssm",),
    "hadoop": ("emr",),
    "spark": ("emr", "glue"),
    "elasticsearch": ("opensearch", "es"),
    "bedrock": ("bedrock", "bedrock-runtime"),
    "email": ("sesv2", "ses"),
}
"""What people call services and what only one service has → boto3 client names."""

SAME_NOUNS: dict[str, str] = {
    stem(word): stem(words.split()[0])
    for words in (
        "instance server machine vm box host computer",
        "database db postgres mysql",
        "function lambda handler snippet",
        "object file document pdf csv blob upload picture photo report",
        "bucket storage",
        "message job work",
        "user person people colleague somebody bob alice customer",
        "topic channel",
        "image docker build ami",
        "volume disk drive",
        "table nosql",
        "secret password token credential",
        "parameter setting config url",
        "alarm alert warning",
        "log output print",
        "rule schedule cron nightly daily",
        "key material",
        "firewall securitygroup port",
        "address ip",
        "shell terminal",
        "network vpc",
        "copy backup",
        "stack template yaml infrastructure deployment rollout",
        "workflow statemachine",
        "balancer loadbalancer alb",
        "fleet autoscaling",
        "site website page",
        "mail email",
        "admin administrator",
    )
    for word in words.split()
}
"""Noun → the noun that stands for all that mean the same, for whole wishes."""
