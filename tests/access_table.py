"""Who gets what at each address: one line for each route and method.

The columns are the people of tests/access_world.py: nobody signed in; an account without a profile; Dana, to whom
all that an address names belongs; another trainer; a reviewer; an admin. A number is the status of the answer, a
word where the person is led instead. Forms are sent in without an answer that is of use.
"""

LED_TO = {
    "login": "/login",
    "about-you": "/dashboard/about-you",
    "dashboard": "/dashboard",
    "verify": "/verify",
    "review": "/review",
    "reset": "/reset",
    "confirm": "/confirm",
    "address": "/change-email",
    "home": "/",
    "recovery": "/mf-recovery",
    "codes": "/mf-recovery-codes",
    "passkeys": "/wan-register",
    "passkey": "/wan-signin",
}

TABLE = """
                                     anonymous  member     trainer    other      reviewer   admin

GET  home.index                      200        200        200        200        200        200

GET  directory.check                 200        200        200        200        200        200
GET  directory.index                 200        200        200        200        200        200
GET  directory.show                  200        200        200        200        200        200
GET  compare.show                    200        200        200        200        200        200
GET  map.show                        200        200        200        200        200        200

GET  bundles.show                    200        200        200        200        200        200

GET  programs.trainers               200        200        200        200        200        200

GET  places.index                    200        200        200        200        200        200
POST places.near                     403        403        403        403        403        403

GET  guidance.about                  200        200        200        200        200        200
GET  guidance.accessibility          200        200        200        200        200        200
GET  guidance.for_programs           200        200        200        200        200        200
GET  guidance.for_trainers           200        200        200        200        200        200
POST guidance.find                   303        303        303        303        303        303
GET  guidance.how_results_are_ordered 200       200        200        200        200        200
GET  guidance.index                  200        200        200        200        200        200
GET  guidance.letter                 200        200        200        200        200        200
GET  guidance.privacy                200        200        200        200        200        200
GET  guidance.rules                  200        200        200        200        200        200
GET  guidance.show                   200        200        200        200        200        200
GET  guidance.six_week_sheet         200        200        200        200        200        200
GET  guidance.terms                  200        200        200        200        200        200

GET  hip_check.intro                 200        200        200        200        200        200
POST hip_check.ask                   200        200        200        200        200        200

GET  sheets.index                    200        200        200        200        200        200
GET  sheets.blank                    200        200        200        200        200        200
POST sheets.fill_in                  422        422        422        422        422        422
POST sheets.file                     422        422        422        422        422        422
GET  sheets.choose                   200        200        200        200        200        200
POST sheets.opened                   422        422        422        422        422        422
POST sheets.as_csv                   422        422        422        422        422        422
POST sheets.as_file                  422        422        422        422        422        422

GET  my_sheets.index                 login      200        200        200        200        200
GET  my_sheets.new                   login      200        200        200        200        200
POST my_sheets.new                   login      422        422        422        422        422
GET  my_sheets.progress              login      200        200        200        200        200
GET  my_sheets.as_csv                login      200        200        200        200        200
GET  my_sheets.as_file               login      303        200        303        303        303
GET  my_sheets.bring                 login      200        200        200        200        200
POST my_sheets.bring                 login      422        422        422        422        422
GET  my_sheets.ask_erase             login      200        200        200        200        200
POST my_sheets.erase                 login      303        303        303        303        303
GET  kept_sheets.show                login      404        200        404        404        404
GET  kept_sheets.file                login      404        200        404        404        404
GET  kept_sheets.fill_in             login      404        200        404        404        404
POST kept_sheets.save                login      404        422        404        404        404
GET  kept_sheets.ask_remove          login      404        200        404        404        404
POST kept_sheets.remove              login      404        303        404        404        404
GET  sheet_shares.index              login      200        200        200        200        200
GET  sheet_shares.invite             login      200        200        200        200        200
POST sheet_shares.invite             login      422        422        422        422        422
POST sheet_shares.end                login      404        303        404        404        404
GET  runners.index                   login      about-you  200        200        about-you  about-you
GET  runners.show                    login      about-you  200        404        about-you  about-you
GET  runners.new                     login      about-you  200        404        about-you  about-you
POST runners.new                     login      about-you  422        404        about-you  about-you
GET  runners.progress                login      about-you  200        404        about-you  about-you
GET  runners.as_csv                  login      about-you  200        404        about-you  about-you
POST runners.end                     login      about-you  303        404        about-you  about-you

GET  badges.badge                    200        200        200        200        200        200
GET  badges.printed                  200        200        200        200        200        200
GET  badges.qr                       200        200        200        200        200        200
GET  badges.short                    302        302        302        302        302        302
GET  badges.mine                     login      about-you  200        200        about-you  about-you

GET  contact.confirm                 200        200        200        200        200        200
POST contact.confirm                 303        410        410        410        410        410
GET  contact.delivered               200        200        200        200        200        200
GET  contact.sent                    200        200        200        200        200        200
GET  contact.write                   200        200        200        200        200        200
POST contact.write                   422        422        422        422        422        422

GET  follow.ask                      200        200        200        200        200        200
POST follow.ask                      422        422        422        422        422        422
GET  follow.confirm                  200        200        200        200        200        200
POST follow.confirm                  303        303        303        303        303        303
POST follow.end                      200        200        200        200        200        200
GET  follow.sent                     200        200        200        200        200        200

GET  reports.report                  200        200        200        200        200        200
POST reports.report                  422        422        422        422        422        422
GET  reports.thanks                  200        200        200        200        200        200

POST unsubscribe.act                 200        200        200        200        200        200
GET  unsubscribe.ask                 200        200        200        200        200        200

GET  reminders.feed                  200        200        200        200        200        200

GET  crawlers.index                200        200        200        200        200        200
GET  crawlers.pages                200        200        200        200        200        200
GET  crawlers.robots               200        200        200        200        200        200
GET  crawlers.security             200        200        200        200        200        200
GET  crawlers.trainers             200        200        200        200        200        200

GET  metrics.show                    200        200        200        200        200        200
GET  health.healthz                  200        200        200        200        200        200

GET  development.html                404        404        404        404        404        404
GET  health.jobs                      200        200        200        200        200        200
GET  development.code                 200        200        200        200        200        200
GET  development.index               200        200        200        200        200        200
GET  development.show                404        404        404        404        404        404

GET  security.change_email           login      verify     verify     verify     verify     verify
POST security.change_email           login      verify     verify     verify     verify     verify
GET  security.change_email_confirm   200        200        200        200        200        200
POST security.change_email_confirm   address    address    address    address    address    address
GET  security.change_password        login      verify     verify     verify     verify     verify
POST security.change_password        login      verify     verify     verify     verify     verify
GET  security.confirm_email          200        200        200        200        200        200
POST security.confirm_email          confirm    confirm    confirm    confirm    confirm    confirm
GET  security.forgot_password        200        200        200        200        200        200
POST security.forgot_password        422        200        200        200        200        200
GET  security.login                  200        dashboard  dashboard  dashboard  dashboard  dashboard
POST security.login                  422        dashboard  dashboard  dashboard  dashboard  dashboard
POST security.logout                 home       home       home       home       home       home
GET  security.register               200        dashboard  dashboard  dashboard  dashboard  dashboard
POST security.register               422        dashboard  dashboard  dashboard  dashboard  dashboard
GET  security.reset_password         reset      reset      reset      reset      reset      reset
POST security.reset_password         reset      reset      reset      reset      reset      reset
GET  security.send_confirmation      200        200        200        200        200        200
POST security.send_confirmation      422        422        422        422        422        422
GET  security.mf_recovery             login      dashboard  dashboard  dashboard  dashboard  dashboard
POST security.mf_recovery             login      dashboard  dashboard  dashboard  dashboard  dashboard
GET  security.mf_recovery_codes       login      verify     verify     verify     verify     verify
POST security.mf_recovery_codes       login      verify     verify     verify     verify     verify
GET  security.tf_select               login      login      login      login      login      login
POST security.tf_select               login      login      login      login      login      login
GET  security.two_factor_rescue       recovery   recovery   recovery   recovery   recovery   recovery
POST security.two_factor_rescue       recovery   recovery   recovery   recovery   recovery   recovery
GET  security.two_factor_setup        login      verify     verify     verify     verify     verify
POST security.two_factor_setup        login      verify     verify     verify     verify     verify
POST security.two_factor_setup_validate 404      404        404        404        404        404
GET  security.two_factor_token_validation login  dashboard  dashboard  dashboard  dashboard  dashboard
POST security.two_factor_token_validation login  dashboard  dashboard  dashboard  dashboard  dashboard
GET  security.wan_delete              login      verify     verify     verify     verify     verify
POST security.wan_delete              login      verify     verify     verify     passkeys   passkeys
GET  security.wan_register            login      verify     verify     verify     verify     verify
POST security.wan_register            login      verify     verify     verify     verify     verify
POST security.wan_register_response   login      passkeys   passkeys   passkeys   codes      codes
GET  security.wan_signin              404        dashboard  dashboard  dashboard  dashboard  dashboard
POST security.wan_signin              404        dashboard  dashboard  dashboard  dashboard  dashboard
POST security.wan_signin_response     passkey    passkey    passkey    passkey    passkey    passkey
GET  security.verify                 login      200        200        200        200        200
POST security.verify                 login      422        422        422        422        422

GET  accounts.account                login      200        200        200        200        200
GET  accounts.look_in_your_mail      200        200        200        200        200        200
POST accounts.sign_out_everywhere    login      303        303        303        303        303

GET  takeout.download               login      200        200        200        200        200

GET  profile.about_you               login      200        200        200        200        200
POST profile.about_you               login      422        303        303        422        422
GET  profile.ask_withdraw            login      about-you  200        200        about-you  about-you
GET  profile.dashboard               login      about-you  200        200        review     about-you
GET  profile.edit                    login      about-you  200        200        about-you  about-you
POST profile.edit                    login      about-you  303        303        about-you  about-you
GET  profile.erase                   login      200        200        200        200        200
POST profile.erase                   login      422        422        422        422        422
GET  profile.list_again              login      about-you  200        200        about-you  about-you
POST profile.list_again              login      about-you  303        303        about-you  about-you
POST profile.pause                   login      about-you  303        303        about-you  about-you
POST profile.resume                  login      about-you  303        303        about-you  about-you
POST profile.withdraw                login      about-you  303        303        about-you  about-you

GET  messages.index                  login      200        200        200        200        200
POST messages.resume                 login      404        404        404        404        404
POST messages.stop                   login      404        404        404        404        404
POST messages.try_again              login      303        303        303        303        303

GET  credentials.ask_withdraw        login      about-you  200        404        about-you  about-you
GET  credentials.change              login      about-you  200        404        about-you  about-you
POST credentials.change              login      about-you  303        404        about-you  about-you
GET  credentials.check               login      about-you  200        404        about-you  about-you
POST credentials.check               login      about-you  303        404        about-you  about-you
POST credentials.correct             login      about-you  303        404        about-you  about-you
POST credentials.discard             login      about-you  303        404        about-you  about-you
GET  credentials.new                 login      about-you  200        200        about-you  about-you
POST credentials.new                 login      about-you  422        422        about-you  about-you
GET  credentials.object_to           login      about-you  200        404        about-you  about-you
POST credentials.object_to           login      about-you  422        404        about-you  about-you
GET  credentials.photo               login      about-you  200        404        about-you  about-you
POST credentials.photo               login      about-you  422        404        about-you  about-you
POST credentials.remove_photo        login      about-you  303        404        about-you  about-you
GET  credentials.renew               login      about-you  200        404        about-you  about-you
POST credentials.renew               login      about-you  422        404        about-you  about-you
GET  credentials.sent                login      about-you  200        404        about-you  about-you
GET  credentials.show                login      about-you  200        404        about-you  about-you
POST credentials.withdraw            login      about-you  303        404        about-you  about-you

GET  decisions.as_csv                login      about-you  200        200        about-you  about-you
GET  decisions.index                 login      about-you  200        200        about-you  about-you
GET  education.index                 login      about-you  200        200        about-you  about-you
GET  education.show                  login      about-you  200        404        about-you  about-you
POST education.snap                  login      about-you  422        422        about-you  about-you
GET  education.new                   login      about-you  200        200        about-you  about-you
POST education.new                   login      about-you  422        422        about-you  about-you
GET  education.change                login      about-you  200        404        about-you  about-you
POST education.change                login      about-you  303        404        about-you  about-you
GET  education.remove                login      about-you  200        404        about-you  about-you
POST education.remove                login      about-you  303        404        about-you  about-you
GET  education.new_card              login      about-you  200        200        about-you  about-you
POST education.new_card              login      about-you  422        422        about-you  about-you
GET  education.change_card           login      about-you  200        404        about-you  about-you
POST education.change_card           login      about-you  303        404        about-you  about-you
GET  education.remove_card           login      about-you  200        404        about-you  about-you
POST education.remove_card           login      about-you  303        404        about-you  about-you
GET  education.show_paper            login      about-you  200        404        about-you  about-you
POST education.remove_paper          login      about-you  303        404        about-you  about-you
GET  education_files.import_list     login      about-you  200        200        about-you  about-you
POST education_files.import_list     login      about-you  422        422        about-you  about-you
GET  education_files.template        login      about-you  200        200        about-you  about-you
GET  education_files.show_import     login      about-you  200        404        about-you  about-you
POST education_files.stop_import     login      about-you  303        404        about-you  about-you
GET  education_files.rejected        login      about-you  200        404        about-you  about-you
GET  education_files.audit_csv       login      about-you  200        404        about-you  about-you
GET  education_files.audit_pdf       login      about-you  200        404        about-you  about-you

POST portraits.edit                  login      about-you  422        422        about-you  about-you
GET  portraits.edit                  login      about-you  200        200        about-you  about-you
GET  portraits.own                   login      about-you  200        404        about-you  about-you
POST portraits.remove                login      about-you  303        303        about-you  about-you
GET  portraits.show                  200        200        200        200        200        200
GET  portraits.to_review             login      403        403        403        200        403
GET  moderation.decide               login      403        403        403        200        403
POST moderation.decide               login      403        403        403        422        403

GET  evidence.show                   login      about-you  200        404        about-you  about-you

POST cases.ask_for_look              login      403        403        403        409        403
POST review.compare                  login      403        403        403        200        403
POST corrections.compare_correction  login      403        403        403        200        403
GET  corrections.correct             login      403        403        403        200        403
POST corrections.correct             login      403        403        403        422        403
POST review.decide                   login      403        403        403        400        403
GET  review.done                     login      403        403        403        200        403
GET  review.index                    login      403        403        403        200        403
POST review.release                  login      403        403        403        303        403
POST cases.resolve                   login      403        403        403        409        403
POST outages.begin                   login      403        403        403        303        403
POST outages.end                     login      403        403        403        303        403
POST review.take_next                 login      403        403        403        303        403
POST review.note                     login      403        403        403        422        403
POST cases.decide_contest            login      403        403        403        422        403
POST review.return_claim             login      403        403        403        422        403
GET  review.show                     login      403        403        403        200        403
GET  review.show_file                login      403        403        403        403        403
GET  corrections.show_file_of_check  login      403        403        403        200        403
POST review.take                     login      403        403        403        303        403
POST cases.take_down                 login      403        403        403        422        403

GET  followers.show                  login      about-you  200        200        about-you  about-you
POST followers.clear                 login      about-you  303        303        about-you  about-you
POST followers.off                   login      about-you  303        303        about-you  about-you
POST followers.on                    login      about-you  303        303        about-you  about-you
GET  reminders.index                  login      about-you  200        200        about-you  about-you
POST reminders.choose                login      about-you  303        404        about-you  about-you
POST reminders.make_link             login      about-you  200        200        about-you  about-you
POST reminders.take_back             login      about-you  303        303        about-you  about-you

GET  mail_desk.index                  login      403        403        403        403        200
POST mail_desk.pause                  login      403        403        403        403        303
POST mail_desk.resume                 login      403        403        403        403        303

GET  admin.index                     login      403        403        403        403        200
GET  admin.audit                     login      403        403        403        403        200
GET  admin.rules_in_force            login      403        403        403        403        200
GET  admin.people                    login      403        403        403        403        200
POST admin.people                    login      403        403        403        403        200
GET  admin.person                    login      403        403        403        403        200
POST admin.person                    login      403        403        403        403        422

GET  our_record.show                 200        200        200        200        200        200

GET  jobs.index                       login      403        403        403        403        200
GET  jobs.show                        login      403        403        403        403        200
POST jobs.stop                        login      403        403        403        403        303
GET  jobs.import_bounces              login      403        403        403        403        200
POST jobs.import_bounces              login      403        403        403        403        422
GET  jobs.import_roster              login      403        403        403        403        200
POST jobs.import_roster              login      403        403        403        403        422
GET  jobs.verdicts                   login      403        403        403        403        404
GET  jobs.rejected                    login      403        403        403        403        404
GET  jobs.export_audit                login      403        403        403        403        200
POST jobs.export_audit                login      403        403        403        403        303
GET  jobs.result                      login      403        403        403        403        404
"""


def rows() -> dict[tuple[str, str], list[str]]:
    """(method, endpoint) -> what each person gets."""
    lines = [line.split() for line in TABLE.splitlines()[2:] if line.strip()]
    found = {(method, endpoint): cells for method, endpoint, *cells in lines}
    assert len(found) == len(lines), "a line stands there twice"
    return found
