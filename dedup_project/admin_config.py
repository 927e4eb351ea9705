"""Django's registration of the admin site."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class SuperuserAdminConfig(AdminConfig):
    """The admin app with the site of superusers."""

    default_site = "dedup_project.admin_site.SuperuserAdminSite"
