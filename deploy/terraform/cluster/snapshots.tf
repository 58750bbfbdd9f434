# Where the control plane puts snapshots of etcd: it may add them, and read them for restoring, but delete none.
resource "aws_s3_bucket" "snapshots" {
  # checkov:skip=CKV_AWS_18:One writer; a log of its requests would need another bucket.
  # checkov:skip=CKV_AWS_144:A copy in another region costs; the database's backups are what must not be lost.
  # checkov:skip=CKV_AWS_145:Encrypted by S3's own key; one of KMS costs a dollar a month.
  # checkov:skip=CKV2_AWS_62:Nobody has to be told of a snapshot; the alert is for one that is missing.
  bucket_prefix = "${var.name}-etcd-"
}

resource "aws_s3_bucket_public_access_block" "snapshots" {
  bucket                  = aws_s3_bucket.snapshots.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "snapshots" {
  bucket = aws_s3_bucket.snapshots.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "snapshots" {
  bucket = aws_s3_bucket.snapshots.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "snapshots" {
  bucket = aws_s3_bucket.snapshots.id
  rule {
    id     = "forget"
    status = "Enabled"
    filter {
      prefix = ""
    }
    expiration {
      days = var.snapshot_days
    }
    noncurrent_version_expiration {
      noncurrent_days = 7
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "snapshots" {
  statement {
    sid       = "Keep"
    actions   = ["s3:PutObject", "s3:GetObject"]
    resources = ["${aws_s3_bucket.snapshots.arn}/*"]
  }
  statement {
    sid       = "Find"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.snapshots.arn]
  }
}

resource "aws_iam_role" "control_plane" {
  name               = "${var.name}-control-plane"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "snapshots" {
  name   = "snapshots"
  role   = aws_iam_role.control_plane.id
  policy = data.aws_iam_policy_document.snapshots.json
}

resource "aws_iam_instance_profile" "control_plane" {
  name = "${var.name}-control-plane"
  role = aws_iam_role.control_plane.name
}
