"""Which services a wish means that names none: reviewed lists of how well known each is.

Owns the lists as data. They say what people use, not what a measuring set holds:
docs/search.md tells how they were chosen.
"""

MOST_USED = frozenset("""
    acm apigateway athena autoscaling cloudformation cloudfront cloudtrail cloudwatch
    cognito-idp config dynamodb ec2 ecr ecs efs eks elasticache elbv2 events glue
    guardduty iam kinesis kms lambda logs organizations rds redshift route53 s3
    sagemaker secretsmanager sesv2 sns sqs ssm stepfunctions sts wafv2
    """.split())  # noqa: SIM905 - one word a line would hide the list
"""The forty that most accounts hold: where their workloads run, what guards them."""

WELL_KNOWN = frozenset("""
    accessanalyzer acm-pca amplify apigatewayv2 appconfig application-autoscaling
    apprunner appsync backup batch bedrock bedrock-agent bedrock-runtime budgets ce
    codeartifact codebuild codecommit codedeploy codepipeline cognito-identity
    comprehend connect controltower datasync detective directconnect dlm dms docdb ds
    ebs ecr-public elasticbeanstalk elb emr emr-serverless firehose fsx
    globalaccelerator grafana health identitystore imagebuilder inspector2 iot iot-data
    kafka keyspaces kinesisanalyticsv2 lakeformation lexv2-models lightsail macie2
    mediaconvert memorydb mq mwaa neptune network-firewall opensearch
    opensearchserverless pipes polly quicksight ram rds-data redshift-data
    redshift-serverless rekognition resource-groups resourcegroupstaggingapi
    route53domains route53resolver s3control sagemaker-runtime savingsplans scheduler
    securityhub service-quotas servicecatalog servicediscovery ses shield sso-admin
    storagegateway support synthetics textract transcribe transfer translate
    vpc-lattice workspaces xray
    """.split())  # noqa: SIM905
"""Of general use, but in fewer accounts."""
