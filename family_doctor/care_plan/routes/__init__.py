"""Pages of plans and tasks."""

from family_doctor.care_plan.routes import acting, lists, patients, telephone

ROUTES = [lists.routes, patients.routes, acting.routes, telephone.routes]
